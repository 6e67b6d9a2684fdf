// src/frameworks/request.ts, hono.ts and web.ts: what only handlers of a Request do.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { verifyWebhook as forHono } from '../../src/frameworks/hono';
import {
  type AcceptedSms,
  type AcceptedWebhook,
  verifySmsCallback,
  verifyWebhook,
} from '../../src/frameworks/request';
import type { SignedCallback } from '../../src/testing';
import { rejection } from '../support/errors';
import { inbound } from '../support/webhooks';
import { failToConnect, guardThat, sms, verifierOf, webhook } from './serving';
import type { HonoApp } from './shapes';

const load = createRequire(__filename);
const { Hono } = load('hono') as { Hono: new () => HonoApp };
const { getRequestListener } = load('@hono/node-server') as {
  getRequestListener: (
    handle: (request: Request, env: { incoming: Readable }) => Promise<Response>,
  ) => unknown;
};

function requestOf({ method, url, headers, rawBody }: SignedCallback): Request {
  const body = rawBody.length > 0 ? { body: rawBody } : {};
  return new Request(new URL(url, 'https://example.test'), { method, headers, ...body });
}

async function answerOf(response: Response | Promise<Response>) {
  const { status, headers, text } = await Promise.resolve(response).then(async (found) => ({
    status: found.status,
    headers: Object.fromEntries(found.headers),
    text: await found.text(),
  }));
  return { status, headers, text };
}

describe.each<[string, (request: Request) => Request]>([
  [
    'a proxy of a Request, such as that of Next.js',
    (request) =>
      new Proxy(request, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      }),
  ],
  [
    'an object that inherits from Request, such as that of srvx',
    (request) => {
      const names = ['url', 'method', 'headers', 'body', 'bodyUsed', 'signal'] as const;
      const copy = Object.create(Request.prototype) as Request;
      for (const name of names) Object.defineProperty(copy, name, { get: () => request[name] });
      return copy;
    },
  ],
])('with %s', (_what, wrap) => {
  test('the handler gets a Request with the verified body', async () => {
    const handle = verifyWebhook(verifierOf())(async (request) =>
      Response.json([request.url, request.method, await request.json()]),
    );
    const { status, text } = await answerOf(handle(wrap(requestOf(webhook()))));
    expect([status, JSON.parse(text)]).toEqual([
      200,
      ['https://example.test/webhooks', 'POST', JSON.parse(inbound)],
    ]);
  });

  test('the handler of Hono gets a Request with the verified body', async () => {
    const app = new Hono().use(forHono(verifierOf()));
    app.all('/webhooks', async ({ req }) => Response.json(await req.json()));
    const { status, text } = await answerOf(app.fetch(wrap(requestOf(webhook()))));
    expect([status, JSON.parse(text)]).toEqual([200, JSON.parse(inbound)]);
  });
});

test('a body of a GET over HTTP/2 that was already read is an error', async () => {
  const callback = webhook({ method: 'GET', body: undefined, query: { to: '1' } });
  const outcomes: unknown[] = [];
  const handle = verifyWebhook(verifierOf())(
    (...[, { claims }]: [Request, AcceptedWebhook, object]) => Response.json(claims),
  );
  const server = createServer(
    getRequestListener(async (_request, env) => {
      await env.incoming.toArray();
      const outcome = handle(requestOf(callback), env).then(({ status }) => status);
      outcomes.push(await outcome.catch((error: unknown) => (error as { code?: string }).code));
      return new Response();
    }) as never,
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  for (const body of ['{"to":"2"}', undefined]) {
    const stream = session.request({ ':method': 'GET' }, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
    stream.resume();
    await once(stream, 'end');
  }
  expect(outcomes).toEqual(['ERR_WEBHOOK_BODY_PARSED', 200]);
  session.close();
  server.close();
});

test.each<[string, (incoming: Readable) => { field?: object; context?: object }]>([
  ['@hono/node-server', (incoming) => ({ context: { incoming } })],
  ['@whatwg-node/server', (req) => ({ context: { req } })],
  ['srvx', (req) => ({ field: { runtime: { node: { req } } } })],
  ['h3', (req) => ({ context: { node: { req } } })],
  ['SolidStart', (req) => ({ context: { nativeEvent: { node: { req } } } })],
  ['SvelteKit', (req) => ({ context: { platform: { req } } })],
  ['Fastify', (raw) => ({ context: { raw } })],
  ['@whatwg-node/server in Fastify', (raw) => ({ context: { req: { raw } } })],
  ['Hattip', (request) => ({ context: { platform: { request } } })],
  ['Qwik City', (incomingMessage) => ({ context: { platform: { incomingMessage } } })],
  ['a loader of Remix', (req) => ({ context: { context: { req } } })],
  ['the context of Hono', (incoming) => ({ context: { env: { incoming } } })],
  ['a server that passes it itself', (context) => ({ context })],
])(
  'a GET with a body that only the request of Node shows, as %s passes it, is refused',
  async (_server, pass) => {
    const handled: unknown[] = [];
    const handle = verifySmsCallback(verifierOf())((...[request]: [Request, object, object?]) => {
      handled.push(request);
      return new Response();
    });
    const statusWith = async (body: string[]) => {
      const { field, context } = pass(Readable.from(body));
      const request = Object.assign(requestOf(sms({ as: 'query' })), field);
      return (await handle(request, context)).status;
    };
    expect(await statusWith(['{"text":"EVIL"}'])).toBe(401);
    expect(handled).toEqual([]);
    expect(await statusWith([])).toBe(200);
  },
);

test('getters that throw, and an endless chain of objects, do not hinder a GET', async () => {
  const handle = verifySmsCallback(verifierOf())(
    (...[, { params }]: [Request, AcceptedSms, object]) => Response.json(params['text']),
  );
  const endless: object = new Proxy({}, { get: () => new Proxy(endless, {}) });
  const throwing = {
    get event(): never {
      throw new Error('This context has no FetchEvent');
    },
  };
  for (const context of [throwing, endless]) {
    expect((await handle(requestOf(sms({ as: 'query' })), context)).status).toBe(200);
  }
});

describe('a handler of a Request', () => {
  test('gets the further arguments of the call', async () => {
    const handle = verifyWebhook(verifierOf())((_request, { claims }, context: { id: string }) =>
      Response.json([claims.iss, context.id]),
    );
    const answer = await answerOf(handle(requestOf(webhook()), { id: '1' }));
    expect(answer).toMatchObject({ status: 200, text: '["Vonage","1"]' });
  });

  test('gets a Request of the same method, URL, headers and bytes', async () => {
    const handle = verifyWebhook(verifierOf())(async (request) => {
      const { method, url, headers } = request;
      return Response.json([method, url, headers.get('content-type'), await request.text()]);
    });
    const { text } = await answerOf(handle(requestOf(webhook({ url: '/webhooks?a=1' }))));
    const expected = ['POST', 'https://example.test/webhooks?a=1', 'application/json', inbound];
    expect(JSON.parse(text)).toEqual(expected);
  });

  test('accepts a request without a body', async () => {
    const handle = verifyWebhook(verifierOf())((_request, { rawBody }) =>
      Response.json(rawBody.length),
    );
    const empty = requestOf(webhook({ body: undefined }));
    expect(empty.body).toBeNull();
    expect(await answerOf(handle(empty))).toMatchObject({ status: 200, text: '0' });
  });

  test('that throws rejects with the same error, and the replay guard releases the SMS callback', async () => {
    const release = jest.fn(() => Promise.resolve());
    const handle = verifySmsCallback(verifierOf(guardThat({ release })))(() => {
      throw new RangeError('No');
    });
    await expect(handle(requestOf(sms()))).rejects.toThrow(RangeError);
    expect(release).toHaveBeenCalledTimes(1);
  });

  test('answers a body over the limit that comes from Readable.toWeb, and the process goes on', async () => {
    const source = new Readable({ read: () => undefined });
    for (let count = 0; count < 200; count += 1) source.push(Buffer.alloc(1000));
    const body = Readable.toWeb(source);
    const init = { method: 'POST', body, duplex: 'half', headers: sms().headers };
    const request = new Request('http://localhost/webhooks', init as unknown as RequestInit);
    request.headers.delete('content-length');
    const handle = verifySmsCallback(verifierOf())(() => new Response());
    expect(await answerOf(handle(request))).toMatchObject({ status: 413 });
    await wait(20);
  });

  test('that gives no response is an error, and the replay guard releases the webhook', async () => {
    const release = jest.fn(() => Promise.resolve());
    const handle = verifyWebhook(verifierOf(guardThat({ release })))(() => undefined as never);
    await expect(handle(requestOf(webhook()))).rejects.toThrow(TypeError);
    expect(release).toHaveBeenCalledTimes(1);
  });

  test('has the stream of its response cancelled if the replay guard cannot confirm the webhook', async () => {
    const cancel = jest.fn();
    const handle = verifyWebhook(verifierOf(guardThat({ confirm: failToConnect })))(
      () => new Response(new ReadableStream({ cancel })),
    );
    expect(await answerOf(handle(requestOf(webhook())))).toMatchObject({ status: 503 });
    await wait(0);
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  test.each<[string, (response: Response) => unknown]>([
    ['was read', (response) => response.text()],
    ['is locked', (response) => response.body?.getReader()],
    [
      'has a control character in a header',
      (response) => {
        response.headers.set('x-a', '\u0001');
      },
    ],
  ])('that returns a Response which %s releases the webhook', async (_what, use) => {
    const [confirm, release] = [jest.fn(() => Promise.resolve()), jest.fn(() => Promise.resolve())];
    const handle = verifyWebhook(verifierOf(guardThat({ confirm, release })))(async () => {
      const response = new Response('Handled');
      const used = use(response);
      if (used instanceof Promise) await used;
      return response;
    });
    await handle(requestOf(webhook()));
    expect([confirm.mock.calls.length, release.mock.calls.length]).toEqual([0, 1]);
  });

  test('that returns a failed stream gives 503 if the webhook cannot be confirmed', async () => {
    const handle = verifyWebhook(verifierOf(guardThat({ confirm: failToConnect })))(
      () =>
        new Response(
          new ReadableStream({
            start: (stream) => {
              stream.error(new Error('No'));
            },
          }),
        ),
    );
    expect(await answerOf(handle(requestOf(webhook())))).toMatchObject({ status: 503 });
    // After this, an unhandled rejection would have been reported.
    await new Promise(setImmediate);
  });

  test('that gives Response.error(), with status 0, makes the replay guard release the webhook', async () => {
    const [confirm, release] = [jest.fn(() => Promise.resolve()), jest.fn(() => Promise.resolve())];
    const verifier = verifierOf(guardThat({ confirm, release }));
    const { type } = await verifyWebhook(verifier)(() => Response.error())(requestOf(webhook()));
    expect(type).toBe('error');
    expect([confirm, release].map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
  });

  test('refuses a request that was already read', async () => {
    const handle = verifyWebhook(verifierOf())(() => new Response());
    const request = requestOf(webhook());
    await request.json();
    const { code, message } = await rejection(handle(request));
    expect([code, message]).toEqual([
      'ERR_WEBHOOK_BODY_PARSED',
      expect.stringContaining('clone()'),
    ]);
  });
});

describe('an application of Hono', () => {
  test('confirms nothing if it answers an error of the handler with 200', async () => {
    const confirm = jest.fn(() => Promise.resolve());
    const app = new Hono().onError((error, context) => context.text(error.message, 200));
    app.all('/webhooks', forHono(verifierOf(guardThat({ confirm }))), () => {
      throw new Error('No');
    });
    expect(await answerOf(app.fetch(requestOf(webhook())))).toMatchObject({
      status: 200,
      text: 'No',
    });
    expect(confirm).not.toHaveBeenCalled();
  });

  test('makes the replay guard release a webhook to which the handler gives no response', async () => {
    const [confirm, release] = [jest.fn(() => Promise.resolve()), jest.fn(() => Promise.resolve())];
    const app = new Hono().onError((error, context) => context.text(error.message, 500));
    app.all('/webhooks', forHono(verifierOf(guardThat({ confirm, release }))), () =>
      Promise.resolve(undefined),
    );
    expect(await answerOf(app.fetch(requestOf(webhook())))).toMatchObject({ status: 500 });
    expect([confirm, release].map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
  });

  test('makes the replay guard release a webhook whose Request cannot be copied', async () => {
    const release = jest.fn(() => Promise.resolve());
    const app = new Hono().all('/webhooks', forHono(verifierOf(guardThat({ release }))), () =>
      Promise.resolve(new Response()),
    );
    const { method, url, headers, body } = requestOf(webhook());
    const foreign = { method, url, headers, body, bodyUsed: false, signal: {} };
    await expect(app.fetch(foreign as never)).rejects.toMatchObject({ name: 'TypeError' });
    expect(release).toHaveBeenCalledTimes(1);
  });

  test.each(['POST', 'GET'] as const)(
    'gets an error for a %s request if the middleware is mounted twice on the path',
    async (method) => {
      const app = new Hono().onError((error, context) => context.text(error.message, 500));
      app
        .use(forHono(verifierOf()))
        .all('/webhooks', forHono(verifierOf()), () => Promise.resolve(new Response()));
      const body = method === 'GET' ? undefined : inbound;
      expect(await answerOf(app.fetch(requestOf(webhook({ method, body }))))).toMatchObject({
        status: 500,
        text: expect.stringContaining('mounted twice') as string,
      });
    },
  );

  test("sends nothing of the handler's response if the replay guard cannot confirm the webhook", async () => {
    const app = new Hono();
    const cancel = jest.fn();
    app.all('/webhooks', forHono(verifierOf(guardThat({ confirm: failToConnect }))), () => {
      const headers = { 'x-own': 'kept', 'content-length': '7' };
      return Promise.resolve(new Response(new ReadableStream({ cancel }), { headers }));
    });
    const { headers, ...answer } = await answerOf(app.fetch(requestOf(webhook())));
    expect(answer).toEqual({ status: 503, text: '{"code":"ERR_REPLAY_GUARD_UNAVAILABLE"}' });
    expect(headers).toEqual({ 'content-type': 'application/json' });
    await wait(0);
    expect(cancel).toHaveBeenCalledTimes(1);
  });
});
