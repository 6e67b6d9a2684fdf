import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type ClientHttp2Stream, connect, constants, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import express, { type ErrorRequestHandler, type Handler } from 'express';
import { verifySmsCallback, verifyWebhook } from '../../src/frameworks/express';
import type { WebhookVerifier } from '../../src';
import type { SignedCallback } from '../../src/testing';
import { inbound } from '../support/webhooks';
import {
  begin,
  failToConnect,
  gate,
  guardThat,
  listen,
  recordingGuard,
  send,
  sms,
  until,
  verifierOf,
  webhook,
} from './serving';

const handled = { status: 200, text: 'Handled' };
const unconfirmed = { status: 503, text: '{"code":"ERR_REPLAY_GUARD_UNAVAILABLE"}' };

/** Serves a handler, with a replay guard that counts the confirmations of webhooks. With `isDown`, they all fail. */
async function serve(handler: Handler, isDown = false) {
  const confirm = jest.fn(isDown ? failToConnect : () => Promise.resolve());
  const app = express();
  app.all('/webhooks', verifyWebhook(verifierOf(guardThat({ confirm }))), handler);
  const errors: unknown[] = [];
  const handleError: ErrorRequestHandler = (error, _request, response, next) => {
    errors.push(error);
    if (response.headersSent) next(error);
    else response.status(500).set('x-error', 'yes').send('By the framework');
  };
  const site = await listen(app.use(handleError));
  return { ...site, confirm, errors };
}

test('a webhook with a form as its body is parsed, and a leading ? is part of the first name', async () => {
  const site = await serve((request, response) => void response.send(request.body as object));
  const callback = webhook({
    body: '?status=answered&to=44+7700',
    contentType: 'application/x-www-form-urlencoded',
  });
  const { text } = await send(site, callback);
  expect(JSON.parse(text)).toEqual({ '?status': 'answered', to: '44 7700' });
});

test('a refusal is sent by a server whose writeHead returns nothing, as that of restify', async () => {
  const next = jest.fn();
  const handled = verifyWebhook(verifierOf());
  const site = await listen((request, response) => {
    const writeHead = response.writeHead.bind(response);
    Object.assign(response, { writeHead: (...args: [number]) => void writeHead(...args) });
    handled(request, response, next);
  });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(site.url, { method: 'POST', headers, body: '{}' });
  expect([answer.status, await answer.text()]).toEqual([503, '{"code":"ERR_WEBHOOK_UNSIGNED"}']);
  expect(next).not.toHaveBeenCalled();
});

describe('a handler of Express may respond', () => {
  const ways: [string, Handler][] = [
    ['with end', (_request, response) => response.end('Handled')],
    ['with an encoding', (_request, response) => response.end('SGFuZGxlZA==', 'base64')],
    [
      'in several parts',
      (_request, response) => {
        response.write('Han');
        response.write('dled');
        response.end();
      },
    ],
    ['with writeHead before end', (_request, response) => response.writeHead(200).end('Handled')],
    ['with a stream', (_request, response) => Readable.from(['Han', 'dled']).pipe(response)],
    ['later', (_request, response) => setTimeout(() => response.send('Handled'), 20)],
  ];
  test.each(ways)('%s, and the webhook is confirmed', async (_way, handler) => {
    const site = await serve(handler);
    expect(await send(site, webhook())).toMatchObject(handled);
    expect(site.confirm).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['end(callback)', (response, done) => response.end(done)],
    ['end(content, callback)', (response, done) => response.end('Handled', done)],
    ['end(content, encoding, callback)', (response, done) => response.end('Handled', 'utf8', done)],
  ] as [string, (response: express.Response, done: () => void) => unknown][])(
    'with %s, and the callback is called once the answer is sent',
    async (_form, end) => {
      for (const isDown of [false, true]) {
        const done = jest.fn();
        const site = await serve((_request, response) => end(response, done), isDown);
        expect((await send(site, webhook())).status).toBe(isDown ? 503 : 200);
        await until(() => done.mock.calls.length === 1);
      }
    },
  );

  test('with its own headers and status message, which are sent', async () => {
    const site = await serve((_request, response) => {
      response.statusMessage = 'Fine';
      response.cookie('a', '1').cookie('b', '2').set('X-Own', 'kept').send('Handled');
    });
    const { rawBody, headers, url } = webhook();
    const answer = await fetch(new URL(url, site.url), { method: 'POST', headers, body: rawBody });
    expect(answer.statusText).toBe('Fine');
    expect(answer.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2; Path=/']);
    expect(answer.headers.get('x-own')).toBe('kept');
  });
});

describe('if a webhook cannot be confirmed after a handler of Express has responded', () => {
  const ways: [string, Handler][] = [
    ['a status other than 200', (_request, response) => response.sendStatus(204)],
    [
      'a status message',
      (_request, response) => Object.assign(response, { statusMessage: 'Fine' }).end(),
    ],
    [
      'a compressed body',
      (_request, response) => response.set('content-encoding', 'gzip').end('?'),
    ],
  ];
  test.each(ways)('503 replaces the response, even one with %s', async (_what, handler) => {
    const site = await serve(handler, true);
    expect(await send(site, webhook())).toMatchObject(unconfirmed);
  });

  test.each([
    [
      'the head of the response was sent',
      (_request, response) => response.writeHead(200).end('Handled'),
    ],
    [
      'a part of the body was sent',
      (_request, response) => {
        response.write('Han');
        response.end('dled');
      },
    ],
  ] as [string, Handler][])('the connection is destroyed if %s', async (_when, handler) => {
    const site = await serve(handler, true);
    await expect(send(site, webhook())).rejects.toThrow(/^(fetch failed|terminated)$/);
    expect(site.confirm).toHaveBeenCalledTimes(1);
  });
});

describe('the first response of a handler of Express is sent, and the webhook is confirmed', () => {
  const ways: [string, Handler][] = [
    [
      'if the handler responds twice',
      (_request, response) => {
        response.set('x-own', 'kept').send('Handled');
        response.status(500).set('x-own', 'changed').send('Not handled');
      },
    ],
    [
      'if the handler fails afterwards',
      (_request, response) => {
        response.set('x-own', 'kept').send('Handled');
        throw new Error('Too late');
      },
    ],
  ];
  test.each(ways)('%s', async (_when, handler) => {
    const site = await serve(handler);
    const { headers, ...answer } = await send(site, webhook());
    expect(answer).toEqual(handled);
    expect(headers).toMatchObject({ 'x-own': 'kept' });
    expect(headers).not.toHaveProperty('x-error');
    expect(site.confirm).toHaveBeenCalledTimes(1);
  });
});

describe('the error of a handler of Express', () => {
  test('passed to next is answered by the application, and confirms nothing', async () => {
    const site = await serve((_request, _response, next) => {
      next(new Error('No'));
    });
    expect(await send(site, webhook())).toMatchObject({ status: 500, text: 'By the framework' });
    expect(site.errors).toEqual([new Error('No')]);
    expect(site.confirm).not.toHaveBeenCalled();
  });

  test('thrown by response.end() is answered by the application', async () => {
    const site = await serve((_request, response) => response.end(1 as never));
    expect(await send(site, webhook())).toMatchObject({ status: 500, text: 'By the framework' });
    expect(site.errors).toMatchObject([{ code: 'ERR_INVALID_ARG_TYPE' }]);
  });

  test('in the middle of a response destroys the connection, and confirms nothing', async () => {
    const site = await serve((_request, response) => {
      response.write('Han');
      throw new Error('No');
    });
    await expect(send(site, webhook())).rejects.toThrow(/^(fetch failed|terminated)$/);
    expect(site.confirm).not.toHaveBeenCalled();
  });
});

describe('in an application of Express', () => {
  const accept: Handler = (request, response) => {
    response.json([request.webhook?.claims.iss, request.smsCallback?.params['text'], request.body]);
  };

  test('a mounted application verifies the original query', async () => {
    const app = express().use('/web', express().use('/hooks', verifyWebhook(verifierOf()), accept));
    const { url } = await listen(app);
    const site = { url: url.replace('/webhooks', '/web/hooks') };
    const callback = webhook({ method: 'GET', body: undefined, query: { to: '1' } });
    expect(await send(site, callback)).toMatchObject({ status: 200, text: '["Vonage",null,null]' });
  });

  test('a rewritten URL does not change the verified query', async () => {
    const rewrite: Handler = (request, _response, next) => {
      request.url = '/rewritten';
      next();
    };
    const app = express().use(rewrite).use('/rewritten', verifyWebhook(verifierOf()), accept);
    const callback = webhook({ method: 'GET', body: undefined, query: { to: '1' } });
    expect(await send(await listen(app), callback)).toMatchObject({ status: 200 });
  });

  const parsers: [string, Handler][] = [
    [
      'a JSON parser that keeps request.rawBody',
      express.json({
        verify: (request, _response, bytes) => Object.assign(request, { rawBody: bytes }),
      }),
    ],
    ['a parser to bytes', express.raw({ type: '*/*' })],
    ['a parser to text', express.text({ type: '*/*' })],
  ];
  test.each(parsers)('%s may come before the verification', async (_what, parser) => {
    const { url } = await listen(express().use(parser, verifyWebhook(verifierOf()), accept));
    const { status, text } = await send({ url }, webhook());
    expect([status, JSON.parse(text)]).toEqual([200, ['Vonage', null, JSON.parse(inbound)]]);
  });

  test('a stream with an encoding is an error, since its bytes are lost', async () => {
    const decode: Handler = (request, _response, next) => {
      request.setEncoding('utf8');
      next();
    };
    const errors: unknown[] = [];
    const keep: ErrorRequestHandler = (error, _request, response, next) => {
      errors.push(error);
      response.status(500);
      next(error);
    };
    const app = express().use(decode, verifyWebhook(verifierOf()), accept, keep);
    expect(await send(await listen(app), webhook())).toMatchObject({ status: 500 });
    expect(errors).toMatchObject([{ code: 'ERR_WEBHOOK_BODY_PARSED' }]);
  });

  test.each(['POST', 'GET'] as const)(
    'mounting the middleware twice is an error of the application, for a %s request',
    async (method) => {
      const errors: unknown[] = [];
      const keep: ErrorRequestHandler = (error, _request, response, next) => {
        errors.push(error);
        response.status(500);
        next(error);
      };
      const [first, second] = [verifyWebhook(verifierOf()), verifyWebhook(verifierOf())];
      const site = await listen(express().use(first, second, accept, keep));
      const body = method === 'GET' ? undefined : inbound;
      expect(await send(site, webhook({ method, body }))).toMatchObject({ status: 500 });
      expect(errors).toMatchObject([
        { code: 'ERR_INVALID_OPTION', message: expect.stringContaining('twice') as string },
      ]);
    },
  );

  test('the limit applies to bytes that a parser has kept', async () => {
    const limited = verifyWebhook(verifierOf(), { limit: 10 });
    const site = await listen(express().use(express.raw({ type: '*/*' }), limited, accept));
    expect(await send(site, webhook())).toMatchObject({ status: 413 });
  });

  test('parsers may come after the verification', async () => {
    const parsers = [express.json(), express.urlencoded(), express.raw({ type: '*/*' })];
    const app = express().use('/', verifySmsCallback(verifierOf()), parsers, accept);
    const site = await listen(app);
    for (const as of ['form', 'json', 'query'] as const) {
      const callback = sms({ as });
      const { status, text } = await send(site, callback);
      const body = as === 'query' ? null : callback.params;
      expect([status, JSON.parse(text)]).toEqual([200, [null, callback.params['text'], body]]);
    }
  });

  test('the handler gets invalid JSON as bytes', async () => {
    const site = await listen(express().use(verifyWebhook(verifierOf()), accept));
    const { text } = await send(site, webhook({ body: '{' }));
    expect(JSON.parse(text)).toEqual(['Vonage', null, { type: 'Buffer', data: [0x7b] }]);
  });

  test('request._body tells the parsers of Express 4 that the body was read', async () => {
    const app = express().use(verifyWebhook(verifierOf()), (request, response) => {
      response.json((request as { _body?: unknown })._body);
    });
    expect(await send(await listen(app), webhook())).toMatchObject({ text: 'true' });
  });
});

test('a refusal after another response is an error of the application', async () => {
  const answerAtOnce: Handler = (_request, response, next) => {
    next();
    response.end('Handled');
  };
  const errors: unknown[] = [];
  const app = express().use(answerAtOnce, verifyWebhook(verifierOf()));
  const keep: ErrorRequestHandler = (error, _request, _response, next) => {
    errors.push(error);
    next(error);
  };
  await send(await listen(app.use(keep)), { ...webhook(), headers: {} }).catch(() => undefined);
  await until(() => errors.length === 1);
  expect(errors).toMatchObject([{ code: 'ERR_HTTP_HEADERS_SENT' }]);
});

describe('if the sender closes the connection before a handler of Express responds', () => {
  const streams: [string, (response: express.Response) => unknown][] = [
    ['pipe', (response) => createReadStream(__filename).pipe(response)],
    ['pipeline', (response) => pipeline(Readable.from(['a']), response, () => undefined)],
    [
      'sendFile',
      (response) => {
        response.sendFile(__filename);
      },
    ],
  ];
  async function handled(respond: (response: express.Response) => unknown) {
    const release = jest.fn(() => Promise.resolve());
    let isOver = false;
    const handler: Handler = (_request, response) => {
      response.on('close', () => {
        respond(response);
        setTimeout(() => (isOver = true), 50);
      });
      sending.destroy();
    };
    const confirm = jest.fn(() => Promise.resolve());
    const verifier = verifierOf(guardThat({ confirm, release }));
    const site = await listen(express().use(verifyWebhook(verifier), handler));
    const { headers, rawBody } = webhook();
    const sending = request(site.url, { method: 'POST', headers });
    sending.on('error', () => undefined).end(rawBody);
    await until(() => isOver);
    return [confirm.mock.calls.length, release.mock.calls.length];
  }

  test.each(streams)('%s neither confirms nor releases the webhook', async (_way, respond) => {
    expect(await handled(respond)).toEqual([0, 0]);
  });

  test('send confirms or releases it', async () => {
    expect(await handled((response) => response.send('x'))).toEqual([1, 0]);
    expect(await handled((response) => response.status(500).send('x'))).toEqual([0, 1]);
  });
});

test('the middleware works with plain node:http', async () => {
  const accept = verifyWebhook(verifierOf());
  const site = await listen((request, response) => {
    accept(request, response, (error) => response.end(error === undefined ? 'Handled' : 'Failed'));
  });
  expect(await send(site, webhook())).toMatchObject(handled);
  const byGet = webhook({ method: 'GET', body: undefined, query: { to: '1' } });
  expect(await send(site, byGet)).toMatchObject(handled);
});

test('a refused sender may go on sending for a while, so that it receives the answer', async () => {
  const app = express().use(verifyWebhook(verifierOf(), { limit: 1000 }));
  const rest = Buffer.alloc(10_000_000);
  const { authorization = '' } = webhook().headers;
  const headers = { authorization, 'transfer-encoding': 'chunked' };
  const { socket, seen, closed } = await begin(await listen(app), headers);
  socket.write(`7d0\r\n${' '.repeat(2000)}\r\n`);
  await until(() => seen.received.includes('413'));
  await wait(100);
  socket.write(`${rest.length.toString(16)}\r\n`);
  expect(await new Promise((resolve) => socket.write(rest, resolve))).toBeNull();
  socket.write('\r\n0\r\n\r\n');
  await closed;
  expect(seen.errors).toEqual([]);
});

test('a connection is kept alive, unless a refused request was not read to its end', async () => {
  const app = express().use(verifyWebhook(verifierOf()), (_request, response) => response.end());
  const site = await listen(app);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const valid = webhook();
  const connections: unknown[] = [];
  for (const { headers, rawBody } of [valid, valid, webhook({ secret: 'Not-the-secret' })]) {
    const sending = request(site.url, { method: 'POST', headers, agent }).end(rawBody);
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    connections.push(answer.headers.connection);
    await answer.toArray();
  }
  expect(connections).toEqual(['keep-alive', 'keep-alive', 'close']);
  agent.destroy();
});

test('the middleware works with HTTP/2: headers of the handler are sent, and 503 replaces an unconfirmed response', async () => {
  async function answerTo(verifier: WebhookVerifier, { headers, rawBody }: SignedCallback) {
    const accept = verifyWebhook(verifier);
    const server = createServer((incoming, outgoing) => {
      const [request, response] = [incoming, outgoing] as unknown as [
        IncomingMessage,
        ServerResponse,
      ];
      accept(request, response, (error) => {
        response.setHeader('x-own', 'kept');
        response.end(error === undefined ? 'Handled' : 'Failed');
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const stream = session.request({ ...headers, ':method': 'POST', ':path': '/webhooks' });
    stream.end(rawBody);
    const [head] = (await once(stream, 'response')) as [Record<string, unknown>];
    const text = Buffer.concat(await stream.toArray()).toString();
    session.close();
    server.close();
    await once(server, 'close');
    return [head[':status'], head['x-own'], text];
  }
  expect(await answerTo(verifierOf(), webhook())).toEqual([200, 'kept', 'Handled']);
  const cannot = verifierOf(guardThat({ confirm: failToConnect }));
  expect(await answerTo(cannot, webhook())).toEqual([503, undefined, unconfirmed.text]);
});

test('a refused HEAD request is answered without a body, on which some servers insist', async () => {
  const app = express().use(verifyWebhook(verifierOf()));
  const site = await listen(app, { rejectNonStandardBodyWrites: true });
  const answer = await fetch(site.url, { method: 'HEAD' });
  expect(answer.status).toBe(503);
});

test.each(['form', 'json'] as const)(
  'request.rawBody is the verified body, which h3 and others read instead of request.body: %s',
  async (as) => {
    const app = express().use(verifySmsCallback(verifierOf()), (request, response) => {
      response.send((request as { rawBody?: Buffer }).rawBody);
    });
    const callback = sms({ as });
    const { text } = await send(await listen(app), callback);
    expect(text).toBe(Buffer.from(callback.rawBody).toString());
  },
);

describe('over HTTP/2, if the sender leaves before the handler answers', () => {
  type Answer = (response: ServerResponse, next: (error: unknown) => void) => unknown;
  type Leave = (stream: ClientHttp2Stream) => unknown;
  /** What the guard does if the sender leaves before the handler answers. */
  async function settledAfterDeparture(answer: Answer, leave: Leave) {
    const { guard, events } = recordingGuard();
    const accept = verifyWebhook(verifierOf(guard));
    const { opened: begun, open: begin } = gate();
    const server = createServer((incoming, outgoing) => {
      const response = outgoing as unknown as ServerResponse;
      accept(incoming as unknown as IncomingMessage, response, () => {
        begin();
        outgoing.stream.once('close', () => {
          answer(response, () => {
            response.statusCode = 500;
            response.end();
          });
        });
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const { headers, rawBody } = webhook();
    const stream = session.request({ ...headers, ':method': 'POST', ':path': '/webhooks' });
    stream.on('error', () => undefined).end(rawBody);
    await begun;
    leave(stream);
    await until(() => events.length > 0);
    session.destroy();
    server.close();
    await once(server, 'close');
    return events;
  }

  const answers: [string, 'confirm' | 'release', Answer][] = [
    ['writeHead(500)', 'release', (response) => response.writeHead(500).end('Failed')],
    ['writeHead(404, headers)', 'release', (response) => response.writeHead(404, { a: 'b' }).end()],
    [
      'writeHead(999), with which Node throws otherwise,',
      'release',
      (response) => response.writeHead(999).end(),
    ],
    [
      'an error after writeHead(200)',
      'release',
      (response, next) => {
        response.writeHead(200);
        next(new Error('Failed'));
      },
    ],
    ['writeHead(201)', 'confirm', (response) => response.writeHead(201).end('Handled')],
    [
      'writeHead(200) after a status of 404',
      'confirm',
      (response) => {
        response.statusCode = 404;
        response.writeHead(200).end('Handled');
      },
    ],
  ];
  const reset: Leave = (stream) => {
    stream.close(constants.NGHTTP2_CANCEL);
  };
  const departures: [string, Leave][] = [
    ['resets the stream', reset],
    ['ends the session', (stream) => stream.session?.destroy()],
  ];
  describe.each(departures)('and %s', (_what, leave) => {
    test.each(answers)('%s settles the claim with %s', async (_head, expected, answer) => {
      expect(await settledAfterDeparture(answer, leave)).toEqual([expected]);
    });
  });

  test('a handler that waits for the callback of end continues', async () => {
    const { opened: ended, open: end } = gate();
    const events = await settledAfterDeparture((response) => response.end('Handled', end), reset);
    await ended;
    expect(events).toEqual(['confirm']);
  });
});
