import { EventEmitter, once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inspect, types } from 'node:util';
import { gzipSync } from 'node:zlib';
import * as undici from 'undici';
import { AuthInjector, Credentials, type Product } from '../../src';
import { held } from '../support/account';
import { failStream, slowInjector } from '../support/failing-streams';
import { leaksIn } from '../support/leaks';
import { startProcessorTime } from '../support/processor-time';
import { dispatcherOf, nodesAgent } from './clients';

const rotating = new Credentials({ ...held, apiSecret: [held.apiSecret, 'PreviousSecret1'] });
const secrets = [held.apiSecret, 'PreviousSecret1', btoa(`${held.apiKey}:${held.apiSecret}`)];
const servers: Server[] = [];
const agents: undici.Dispatcher[] = [];

async function listen(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const serve = (listener: RequestListener) => listen(createServer(listener));
/** Answers each connection with bytes, in which `URL` is replaced by the URL of the request. */
const answerWith = (text: string) =>
  listen(
    createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (data) => {
        const [, url = ''] = data.toString().split(' ');
        socket.end(text.replaceAll('URL', url));
      });
    }),
  );

/** A dispatcher whose only product is at `origin`. A body with status 4 is a refusal, as for SMS. */
function agentFor(
  origin: string,
  agent?: undici.Dispatcher,
  schemes: Product['schemes'] = ['query'],
) {
  const refusal = { json: ['status'], codes: ['4'] };
  const products: Product[] = [{ name: 'own', urls: [origin], schemes, refusal }];
  const dispatcher = dispatcherOf(new AuthInjector(rotating, { products }), agent);
  agents.push(dispatcher);
  return dispatcher;
}

afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
  for (const server of servers.splice(0)) server.close();
});

const json = { 'content-type': 'application/json' };

test('a response without a final status is an error', async () => {
  // The interceptor `retry` passes on only the status 103.
  const text = 'HTTP/1.1 103 \r\n\r\nHTTP/1.1 200 \r\nContent-Length: 1\r\n\r\nx';
  const origin = await answerWith(text);
  const agent = new undici.Agent().compose(undici.interceptors.retry());
  const sent = agentFor(origin, agent).request({ origin, path: '/a', method: 'GET' });
  await expect(sent).rejects.toThrow('The response has no final status.');
});

describe.each([
  ['undici 7', () => new undici.Agent()],
  ["Node's undici", () => nodesAgent()],
])('with the agent of %s', (_version, agentOf) => {
  const send = (origin: string, options: object = {}) =>
    agentFor(origin, agentOf()).request({ origin, path: '/a', method: 'GET', ...options });

  const slowDispatcher = (origin: string, waitFor: () => Promise<unknown>) =>
    dispatcherOf(slowInjector(origin, waitFor), agentOf());

  test.each([
    ['closes the connection', ''],
    ['sends no HTTP', 'URL\r\n\r\n'],
    ['repeats the URL in a malformed header', 'HTTP/1.1 200 OK\r\nURL\r\n\r\n'],
    ['sends a body that is too short', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab'],
  ])('the error shows no secret if the server %s', async (_what, text) => {
    const origin = await answerWith(text);
    const sent = send(origin).then(({ body }) => body.text());
    const error = await sent.catch((each: unknown) => each);
    expect(types.isNativeError(error)).toBe(true);
    expect(leaksIn(error, secrets)).toEqual([]);
  });

  test.each([
    ['as the size of a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nSECRET\r\n'],
    ['as the length', 'HTTP/1.1 200 OK\r\nContent-Length: 1SECRET\r\n\r\n'],
    ['as the version of HTTP', 'HTTP/1.SECRET 200 OK\r\n\r\n'],
    ['as the status', 'HTTP/1.1 2SECRET OK\r\n\r\n'],
  ])('the error shows no part of a secret that the server repeats %s', async (_where, text) => {
    const origin = await answerWith(text.replace('SECRET', held.apiSecret));
    const sent = send(origin).then(({ body }) => body.text());
    const error = await sent.catch((each: unknown) => each);
    expect(types.isNativeError(error)).toBe(true);
    expect(leaksIn(error, [held.apiSecret.slice(-8)])).toEqual([]);
  });

  test('a response shows no secret that the server repeats outside of the body', async () => {
    const origin = await answerWith(
      'HTTP/1.1 200 URL\r\nLink: URL\r\nLink: 2\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n2\r\nok\r\n0\r\nX-End: URL\r\n\r\n',
    );
    const response = await send(origin);
    expect(await response.body.text()).toBe('ok');
    const redacted = `/a?api_key=${held.apiKey}&api_secret=[redacted]`;
    expect(response.headers).toMatchObject({ link: [redacted, '2'] });
    expect(response.trailers).toEqual({ 'x-end': redacted });
    const { body, ...shown } = response;
    expect(leaksIn(shown, secrets)).toEqual([]);
    const inspected = inspect(body, { showHidden: true, depth: Infinity, customInspect: false });
    expect(leaksIn(inspected, secrets)).toEqual([]);
  });

  test('raw headers are redacted', async () => {
    const origin = await answerWith('HTTP/1.1 200 OK\r\nX-Link: URL\r\nContent-Length: 0\r\n\r\n');
    const { headers } = await send(origin, { responseHeaders: 'raw' });
    expect(JSON.stringify(headers)).toContain('[redacted]');
    expect(leaksIn(headers, secrets)).toEqual([]);
  });

  test('informational responses reach the caller before the response', async () => {
    const origin = await answerWith(
      'HTTP/1.1 103 Early Hints\r\nLink: URL\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    );
    const infos: { statusCode: number; headers: object }[] = [];
    const onInfo = (info: (typeof infos)[number]) => infos.push(info);
    const { body } = await send(origin, { onInfo });
    expect(await body.text()).toBe('ok');
    expect(infos).toMatchObject([{ statusCode: 103 }]);
    expect(leaksIn(infos, secrets)).toEqual([]);
  });

  test.each<[string, (text: string) => [object, string | Buffer]]>([
    ['as text', (text) => [json, text]],
    ['compressed', (text) => [{ ...json, 'content-encoding': 'gzip' }, gzipSync(text)]],
  ])(
    'a refusal in a body %s causes a retry, and the body of the retry is unchanged',
    async (_how, encode) => {
      let count = 0;
      const origin = await serve((_request, response) => {
        count += 1;
        const [headers, body] = encode(`{"status":"${count === 1 ? 4 : 0}"}`);
        response.writeHead(200, headers as Record<string, string>).end(body);
      });
      const { body } = await send(origin);
      const [, expected] = encode('{"status":"0"}');
      expect(Buffer.from(await body.arrayBuffer())).toEqual(Buffer.from(expected));
      expect(count).toBe(2);
    },
  );

  test.each<[string, Record<string, string>, string | Buffer]>([
    ['of the type text/plain', { 'content-type': 'text/plain' }, '{"status":"4"}'],
    ['in an unknown coding', { ...json, 'content-encoding': 'rot13' }, '{"status":"4"}'],
    [
      'in a coding with the name of a member of every object',
      { ...json, 'content-encoding': 'constructor' },
      '{"status":"4"}',
    ],
    ['that cannot be decoded', { ...json, 'content-encoding': 'gzip' }, '{"status":"4"}'],
    ['over 16 MiB', json, Buffer.alloc(17 * 1024 * 1024, ' ')],
  ])('a body %s is passed on unchanged, and causes no retry', async (_what, headers, content) => {
    let count = 0;
    const origin = await serve((_request, response) => {
      count += 1;
      response.writeHead(200, headers).end(content);
    });
    const { body } = await send(origin);
    expect(Buffer.from(await body.arrayBuffer()).equals(Buffer.from(content))).toBe(true);
    expect(count).toBe(1);
  });

  test('a body in 500,000 chunks of one byte is read in less than five seconds of processor time', async () => {
    const content = `{"status":"0"}${' '.repeat(500_000)}`;
    const chunks = content.replaceAll(/./g, '1\r\n$&\r\n');
    const origin = await serve((_request, response) => {
      response.socket?.end(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`,
      );
    });
    const seconds = startProcessorTime();
    const { body } = await send(origin);
    expect(await body.text()).toBe(content);
    expect(seconds()).toBeLessThan(5);
  });

  test('if the connection is closed within a body, the caller gets an error when it reads the body', async () => {
    const origin = await serve((_request, response) => {
      response.writeHead(200, { ...json, 'content-length': '100' }).write('{"status":');
      setImmediate(() => response.destroy());
    });
    const { body } = await send(origin);
    await expect(body.text()).rejects.toThrow(/other side closed|terminated/);
  });

  test('if the connection is closed within a body, a caller of fetch gets an error when it reads the body', async () => {
    const origin = await serve((_request, response) => {
      response.writeHead(200, { ...json, 'content-length': '100' }).write('{"status":');
      setImmediate(() => response.destroy());
    });
    const dispatcher = agentFor(origin, agentOf());
    for (const send of [undici.fetch, fetch as unknown as typeof undici.fetch]) {
      const response = await send(origin, { dispatcher });
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow('terminated');
    }
  });

  test('a reset connection does not end the process while a refusal waits for the credential of the retry', async () => {
    let count = 0;
    const socket = new EventEmitter();
    const origin = await listen(
      createTcpServer((each) => {
        each.once('data', () => {
          count += 1;
          each.write('HTTP/1.1 401 \r\nConnection: close\r\nContent-Length: 5\r\n\r\nab');
          socket.once('reset', () => each.resetAndDestroy());
        });
      }),
    );
    const agent = agentOf();
    const disconnected = once(agent, 'disconnect');
    const provider = async () => {
      if (socket.emit('reset')) await disconnected;
      return new Credentials({ apiKey: held.apiKey, apiSecret: `Secret${count}` });
    };
    const products: Product[] = [{ name: 'own', urls: [origin], schemes: ['basic'] }];
    const dispatcher = dispatcherOf(new AuthInjector(provider, { products }), agent);
    agents.push(dispatcher);
    const { statusCode, body } = await dispatcher.request({ origin, path: '/', method: 'GET' });
    expect([statusCode, count]).toEqual([401, 2]);
    setImmediate(() => socket.emit('reset'));
    await expect(body.text()).rejects.toThrow();
  });

  test('a refusal whose body never ends is aborted when the request is sent again', async () => {
    const closed = new EventEmitter();
    const aborted = once(closed, 'close');
    let count = 0;
    const origin = await serve((_request, response) => {
      count += 1;
      if (count > 1) response.end('ok');
      else
        response
          .on('close', () => closed.emit('close'))
          .writeHead(401)
          .write('a');
    });
    const { body } = await send(origin);
    expect(await body.text()).toBe('ok');
    await aborted;
  });

  test('a refusal over 32 MiB fails if it is held until then', async () => {
    const content = Buffer.alloc(33 * 1024 * 1024);
    const server = createServer((_request, response) => response.writeHead(401).end(content));
    const closed = new Promise((resolve) => {
      server.on('connection', (socket) => socket.once('close', resolve));
    });
    const origin = await listen(server);
    let calls = 0;
    const provider = async () => {
      if (calls++ > 0) await closed;
      return new Credentials(held);
    };
    const products: Product[] = [{ name: 'own', urls: [origin], schemes: ['basic'] }];
    const dispatcher = dispatcherOf(new AuthInjector(provider, { products }), agentOf());
    agents.push(dispatcher);
    const { statusCode, body } = await dispatcher.request({ origin, path: '/', method: 'GET' });
    expect(statusCode).toBe(401);
    await expect(body.arrayBuffer()).rejects.toMatchObject({ code: 'ERR_RESPONSE_TOO_LARGE' });
  });

  test('a slow reader is not overrun, and gets the whole body', async () => {
    const content = Buffer.alloc(3 * 1024 * 1024, 'x');
    const origin = await serve((_request, response) => response.writeHead(200, json).end(content));
    const { body } = await send(origin);
    let length = 0;
    for await (const chunk of body) {
      length += (chunk as Buffer).length;
      await nextTurn();
    }
    expect(length).toBe(content.length);
  });

  test('an abort while a response arrives ends its body', async () => {
    const origin = await serve((_request, response) => response.writeHead(200).write('a'));
    const controller = new AbortController();
    const { body } = await send(origin, { signal: controller.signal });
    controller.abort(new Error('Enough.'));
    await expect(body.text()).rejects.toThrow('Enough.');
  });

  test('an abort while the server is silent ends the request', async () => {
    const controller = new AbortController();
    const origin = await serve(() => {
      controller.abort(new Error('Enough.'));
    });
    await expect(send(origin, { signal: controller.signal })).rejects.toThrow('Enough.');
  });

  test('a Node stream that fails while a credential is awaited ends the request', async () => {
    const origin = await serve((_request, response) => response.end());
    const dispatcher = slowDispatcher(origin, () => new Promise(() => undefined));
    const body = createReadStream('/no/such/file');
    const sent = dispatcher.request({ origin, path: '/', method: 'POST', body });
    await expect(sent).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a Node stream behind fetch that fails while a credential is awaited ends the request', async () => {
    const origin = await serve((_request, response) => response.end());
    const body = new Readable({ read: () => undefined });
    const dispatcher = slowDispatcher(origin, () => failStream(body));
    const init = { method: 'POST', body, duplex: 'half', dispatcher } as const;
    await expect(undici.fetch(origin, init)).rejects.toMatchObject({
      cause: { message: 'Upstream' },
    });
  });

  test.each<[string, (stream: Readable) => Readable]>([
    ['reads from another', (stream) => Readable.from(stream)],
    ['maps another', (stream) => stream.map((chunk: unknown) => chunk)],
  ])('a Node stream that %s, which fails, ends the request', async (_what, wrap) => {
    const origin = await serve((_request, response) => response.end());
    const stream = new Readable({ read: () => undefined });
    const dispatcher = slowDispatcher(origin, () => failStream(stream));
    const sent = dispatcher.request({ origin, path: '/', method: 'POST', body: wrap(stream) });
    await expect(sent).rejects.toThrow('Upstream');
  });

  test('a web stream is cancelled if the request is not sent', async () => {
    const origin = await serve((_request, response) => response.end());
    const dispatcher = slowDispatcher(origin, () => Promise.reject(new Error('Unavailable')));
    const cancel = jest.fn();
    const body = new ReadableStream({
      pull: (source) => {
        source.enqueue('');
      },
      cancel,
    });
    const sent = dispatcher.request({ origin, path: '/', method: 'POST', body: body as never });
    await expect(sent).rejects.toMatchObject({ code: 'ERR_PROVIDER_FAILED' });
    await nextTurn();
    await nextTurn();
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  test('a Node stream that fails after the request was given up does not end the process', async () => {
    const origin = await serve((_request, response) => response.end());
    const dispatcher = slowDispatcher(origin, () => Promise.reject(new Error('Unavailable')));
    const body = new Readable({ read: () => undefined });
    const failed = new Promise((onResponseError) => {
      const options = { origin, path: '/', method: 'POST', body } as const;
      dispatcher.dispatch(options, { onRequestStart: () => undefined, onResponseError });
    });
    await failed;
    await failStream(body);
    expect(body.errored?.message).toBe('Upstream');
  });

  test('a stream is not sent again, and the caller gets the refusal', async () => {
    let count = 0;
    const origin = await serve((request, response) => {
      count += 1;
      request.resume().on('end', () => response.writeHead(401).end('no'));
    });
    for (const body of [Readable.from(['a']), new Blob(['a']).stream()]) {
      const { statusCode } = await send(origin, { method: 'POST', body });
      expect(statusCode).toBe(401);
    }
    expect(count).toBe(2);
  });

  test('errors of the dispatcher itself reach the caller', async () => {
    const dispatcher = agentFor('http://127.0.0.1:1', agentOf());
    await dispatcher.close();
    const options = { origin: 'http://127.0.0.1:1', path: '/', method: 'GET' } as const;
    await expect(dispatcher.request(options)).rejects.toThrow(/destroyed|closed/);
  });
});
