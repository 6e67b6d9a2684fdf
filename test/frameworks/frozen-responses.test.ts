// src/frameworks/freeze.ts: while the replay guard is updated, the response counts as sent, and nothing changes it.
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { RequestListener } from 'node:http';
import { connect as connectHttp2, createServer } from 'node:http2';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import express, { type Handler, type Response as ExpressResponse } from 'express';
import fastify, {
  type FastifyInstance,
  type FastifyPluginCallback,
  type FastifyReply,
  type onSendAsyncHookHandler,
  type RouteHandler,
} from 'fastify';
import * as forExpress from '../../src/frameworks/express';
import * as forFastify from '../../src/frameworks/fastify';
import * as forHono from '../../src/frameworks/hono';
import * as forKoa from '../../src/frameworks/koa';
import * as forRequest from '../../src/frameworks/request';
import { WebhookVerifier } from '../../src';
import { held } from '../support/account';
import { failStream } from '../support/failing-streams';
import { failOnUnhandledRejections } from '../support/unhandled-rejections';
import {
  failToConnect,
  gate,
  guardThat,
  listen,
  recordingGuard,
  send,
  sendOverHttp2,
  until,
  verifierOf,
  webhook,
} from './serving';
import type { HonoApp, HonoContext, KoaApp, KoaContext } from './shapes';

failOnUnhandledRejections();

const load = createRequire(__filename);
const { Hono } = load('hono') as { Hono: new () => HonoApp };
const { getRequestListener } = load('@hono/node-server') as {
  getRequestListener: (fetch: HonoApp['fetch']) => RequestListener;
};

/** A verifier whose guard confirms only when the test calls `open`. */
function slowVerifier() {
  const { opened, open } = gate();
  const confirm = jest.fn(() => opened);
  return { verifier: verifierOf(guardThat({ confirm })), confirm, open };
}

/** The status of the answer if a stream fails while the replay guard confirms. */
async function statusAfterFailure(
  site: { url: string },
  { confirm, open }: ReturnType<typeof slowVerifier>,
  fail: () => Promise<unknown>,
): Promise<unknown> {
  const answer = send(site, webhook()).then(
    ({ status }) => status,
    () => 'no answer',
  );
  await until(() => confirm.mock.calls.length > 0);
  await fail();
  open();
  return answer;
}

/** A Node stream of which much has already arrived. */
function arrivedStream(): Readable {
  const source = new Readable({ read: () => undefined });
  for (let count = 0; count < 200; count += 1) source.push(Buffer.alloc(1000));
  return source;
}

/** Sends a callback, leaves while the replay guard confirms, and waits until the source of the answer is destroyed. */
async function sendAndLeave(
  site: { url: string },
  { confirm, open }: ReturnType<typeof slowVerifier>,
  source: Readable,
): Promise<void> {
  const { method, headers, rawBody } = webhook();
  const controller = new AbortController();
  const { signal } = controller;
  const answer = fetch(site.url, { method, headers, body: rawBody, signal });
  await until(() => confirm.mock.calls.length > 0);
  controller.abort();
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  await wait(20);
  open();
  await until(() => source.destroyed);
  await wait(20);
}

/** How a stream fails while the replay guard confirms. */
const failingStreams: [string, (stream: Readable) => Promise<unknown>][] = [
  ['a stream that is destroyed', failStream],
  [
    'a stream that does not keep its error, such as one of readable-stream 3,',
    (stream) => Promise.resolve(stream.emit('error', new Error('Upstream'))),
  ],
];

/** Streams that read from another stream. */
const readingStreams: [string, (stream: Readable) => Readable][] = [
  ['Readable.from', (stream) => Readable.from(stream)],
  ['map', (stream) => stream.map((chunk: unknown) => chunk)],
];

const withoutGuard = new WebhookVerifier({ secrets: held.signatureSecret });

describe.each([
  ['Fastify', fastify],
  ['Fastify 5.0', load('fastify-5-0') as typeof fastify],
])('with %s', (_version, create) => {
  /** What Fastify throws after an asynchronous hook does not reach the plugin. */
  const asynchronousHook: onSendAsyncHookHandler = (_request, _reply, payload) =>
    Promise.resolve(payload);

  async function serve(
    verifier: WebhookVerifier,
    handler: RouteHandler,
    laterHooks: onSendAsyncHookHandler[] = [],
  ) {
    const app = create();
    await app.register(forFastify.verifyWebhook(verifier));
    for (const hook of laterHooks) app.addHook('onSend', hook);
    app.post('/webhooks', handler);
    await app.ready();
    return listen((request, response) => {
      app.routing(request, response);
    });
  }

  const denials: [string, (reply: FastifyReply) => unknown][] = [
    ['send', (reply) => reply.code(403).send({ denied: true })],
    ['redirect', (reply) => reply.redirect('/login')],
  ];
  const hooks = ['preValidation', 'preHandler'] as const;
  const verifiers: [string, () => WebhookVerifier][] = [
    ['with a guard', () => verifierOf()],
    ['without a guard', () => withoutGuard],
  ];
  test.each(
    hooks.flatMap((hook) =>
      denials.flatMap(([name, deny]) =>
        verifiers.map(([guard, verifier]) => ({ hook, name, deny, guard, verifier })),
      ),
    ),
  )(
    'the handler does not run after $name in an asynchronous $hook hook, $guard',
    async ({ hook, deny, verifier }) => {
      const handler = jest.fn(() => ({ secret: true }));
      const app = create();
      await app.register(forFastify.verifyWebhook(verifier()));
      app.addHook(hook, async (_request, reply) => {
        deny(reply);
      });
      app.post('/webhooks', handler);
      await app.ready();
      const site = await listen((request, response) => {
        app.routing(request, response);
      });
      const { method, headers, rawBody } = webhook();
      const answer = await fetch(site.url, { method, headers, body: rawBody, redirect: 'manual' });
      expect([403, 302]).toContain(answer.status);
      expect(await answer.text()).not.toContain('secret');
      expect(handler).not.toHaveBeenCalled();
    },
  );

  test.each<[string, RouteHandler]>([
    [
      'an error',
      async (_request, reply) => {
        await reply.send('Handled');
        throw new Error('Too late');
      },
    ],
    [
      'another status and header',
      (_request, reply) => {
        void reply.header('set-cookie', ['a=1']).send('Handled');
        void reply.code(500).header('set-cookie', 'b=2').header('x-late', '1');
        reply.raw.setHeader('x-later', '1');
      },
    ],
    [
      'another response',
      (_request, reply) => {
        void reply.send('Handled');
        if (!reply.sent) void reply.code(500).send('Failed');
        reply.raw.end('Failed');
      },
    ],
    [
      'an asynchronous handler that returns nothing',
      async (_request, reply) => {
        void reply.send('Handled');
      },
    ],
  ])('%s after the response does not change it', async (_what, handler) => {
    const { verifier, confirm, open } = slowVerifier();
    const site = await serve(verifier, handler);
    const answer = send(site, webhook());
    await until(() => confirm.mock.calls.length > 0);
    open();
    expect(await answer).toMatchObject({ status: 200, text: 'Handled' });
    const { headers } = await answer;
    expect(headers).not.toHaveProperty('x-late');
    expect(headers).not.toHaveProperty('x-later');
    expect(headers?.['set-cookie'] ?? 'a=1').toBe('a=1');
  });

  test('a server that closes while the replay guard confirms sends the response', async () => {
    const { verifier, confirm, open } = slowVerifier();
    const site = await serve(verifier, () => 'Handled');
    const answer = send(site, webhook());
    await until(() => confirm.mock.calls.length > 0);
    site.server.close();
    open();
    expect(await answer).toMatchObject({ status: 200, text: 'Handled' });
  });

  test.each(failingStreams)('%s is answered with 500', async (_what, fail) => {
    const slow = slowVerifier();
    const stream = new Readable({ read: () => undefined, autoDestroy: false });
    const site = await serve(slow.verifier, (_request, reply) => {
      void reply.type('text/plain').send(stream);
    });
    expect(await statusAfterFailure(site, slow, () => fail(stream))).toBe(500);
  });

  test.each(readingStreams)(
    'a stream made by %s from a stream that fails does not end the process',
    async (_what, wrap) => {
      const slow = slowVerifier();
      const stream = new Readable({ read: () => undefined });
      const site = await serve(slow.verifier, (_request, reply) => {
        void reply.type('text/plain').send(wrap(stream));
      });
      const status = await statusAfterFailure(site, slow, () => failStream(stream));
      expect([500, 'no answer']).toContain(status);
    },
  );

  test('a sender that leaves while the replay guard confirms does not end the process', async () => {
    const slow = slowVerifier();
    const source = arrivedStream();
    const site = await serve(slow.verifier, (_request, reply) =>
      reply.send(Readable.toWeb(source)),
    );
    await sendAndLeave(site, slow, source);
  });

  test('a sender that leaves over HTTP/2 while the replay guard confirms leaves no stream open', async () => {
    const slow = slowVerifier();
    const source = arrivedStream();
    const app = create({ http2: true }) as unknown as FastifyInstance;
    await app.register(forFastify.verifyWebhook(slow.verifier));
    app.post('/webhooks', (_request, reply) => reply.send(source));
    const session = connectHttp2(await app.listen({ port: 0, host: '127.0.0.1' }));
    const { headers, rawBody } = webhook();
    const stream = session.request({ ...headers, ':method': 'POST', ':path': '/webhooks' });
    stream.end(rawBody);
    await until(() => slow.confirm.mock.calls.length > 0);
    session.destroy();
    await once(stream, 'close');
    await wait(20);
    slow.open();
    await until(() => source.destroyed);
    await app.close();
  });

  test('a stream that fails while it is discarded does not end the process', async () => {
    const site = await serve(
      verifierOf(guardThat({ confirm: failToConnect })),
      (_request, reply) => {
        void reply.type('text/plain').send(createReadStream('/nowhere/ncco.json'));
      },
    );
    expect(await send(site, webhook())).toMatchObject({ status: 503 });
    await wait(20);
    expect(await send(site, webhook())).toMatchObject({ status: 503 });
  });

  test('a sender that leaves after the handler has written the head does not end the process', async () => {
    const slow = slowVerifier();
    const source = arrivedStream();
    const respond: RouteHandler = (_request, reply) => {
      reply.raw.writeHead(200);
      reply.send(source);
    };
    const site = await serve(slow.verifier, respond, [asynchronousHook]);
    await sendAndLeave(site, slow, source);
  });

  test('a stream after the head is broken off if the replay guard cannot confirm the webhook', async () => {
    const source = arrivedStream();
    const respond: RouteHandler = (_request, reply) => {
      reply.raw.flushHeaders();
      reply.send(source);
    };
    const verifier = verifierOf(guardThat({ confirm: failToConnect }));
    const site = await serve(verifier, respond, [asynchronousHook]);
    await expect(send(site, webhook())).rejects.toMatchObject({ message: 'terminated' });
    await until(() => source.destroyed);
  });

  test('a response after content that the handler wrote by itself does not end the process', async () => {
    const site = await serve(verifierOf(), (_request, reply) => {
      reply.raw.setHeader('x-raw', '1');
      reply.raw.write('a');
      void reply.send('b');
    });
    await expect(send(site, webhook())).rejects.toMatchObject({ name: 'TypeError' });
    expect(await send(site, webhook({ secret: 'Not-the-secret' }))).toMatchObject({ status: 401 });
  });

  test('a refusal replaces a response to which a late response was added', async () => {
    const site = await serve(
      verifierOf(guardThat({ confirm: failToConnect })),
      (_request, reply) => {
        reply.raw.setHeader('x-raw', '1');
        void reply.send('Handled');
        reply.raw.writeHead(500).end('Failed');
      },
    );
    const { status, text, headers } = await send(site, webhook());
    expect([status, text]).toEqual([503, '{"code":"ERR_REPLAY_GUARD_UNAVAILABLE"}']);
    expect(headers).not.toHaveProperty('x-raw');
  });
});

describe.each([
  ['Koa', load('koa') as new () => KoaApp],
  ['Koa 2.13', load('koa-2-13') as new () => KoaApp],
])('with %s', (_version, Koa) => {
  test.each<[string, (context: KoaContext) => void]>([
    [
      'another answer',
      (context) => {
        context.status = 503;
        context.body = { late: true };
        context.set({ 'x-late': '1' });
      },
    ],
    [
      'no answer',
      (context) => {
        context.body = null;
      },
    ],
    [
      'changes to the response of Node',
      ({ res }) => {
        res.statusCode = 503;
        res.statusMessage = 'Late';
        res.setHeader('x-late', '1');
      },
    ],
  ])('%s after the handler does not change the response', async (_what, change) => {
    const { verifier, confirm, open } = slowVerifier();
    const app = new Koa().use(forKoa.verifyWebhook(verifier));
    const handled: KoaContext[] = [];
    app.use((context) => {
      handled.push(context);
      context.body = { handled: true };
      return Promise.resolve();
    });
    const answer = send(await listen(app.callback()), webhook());
    await until(() => confirm.mock.calls.length > 0);
    handled.forEach(change);
    open();
    const { status, text, headers } = await answer;
    expect([status, text]).toEqual([200, '{"handled":true}']);
    expect(headers).not.toHaveProperty('x-late');
  });
});

describe.each([
  ['Koa', load('koa') as new () => KoaApp],
  ['Koa 2.13', load('koa-2-13') as new () => KoaApp],
])('with %s', (_version, Koa) => {
  async function serve(verifier: WebhookVerifier, body: unknown) {
    const app = new Koa().use(forKoa.verifyWebhook(verifier));
    app.silent = true;
    app.use((context) => {
      context.body = body;
      return Promise.resolve();
    });
    return listen(app.callback());
  }

  test.each(failingStreams)('%s is answered with 500', async (_what, fail) => {
    const slow = slowVerifier();
    const stream = new Readable({ read: () => undefined, autoDestroy: false });
    const site = await serve(slow.verifier, stream);
    expect(await statusAfterFailure(site, slow, () => fail(stream))).toBe(500);
  });

  test.each(readingStreams)(
    'a stream made by %s from a stream that fails does not end the process',
    async (_what, wrap) => {
      const slow = slowVerifier();
      const stream = new Readable({ read: () => undefined });
      const site = await serve(slow.verifier, wrap(stream));
      const status = await statusAfterFailure(site, slow, () => failStream(stream));
      expect([500, 'no answer']).toContain(status);
    },
  );

  test('a Response that is not sent is cancelled', async () => {
    const cancel = jest.fn();
    const body = new Response(new ReadableStream({ cancel }));
    const site = await serve(verifierOf(guardThat({ confirm: failToConnect })), body);
    expect(await send(site, webhook())).toMatchObject({ status: 503 });
    await wait(0);
    expect(cancel).toHaveBeenCalledTimes(1);
  });
});

describe('with @fastify/express, which replaces headersSent', () => {
  /** Sends a webhook to a middleware of Express, or to a route of Fastify behind it. */
  async function answerOf({ use, route }: { use?: Handler; route?: RouteHandler }) {
    const { guard, events } = recordingGuard();
    const app = fastify();
    await app.register(load('@fastify/express') as FastifyPluginCallback<{ expressHook: string }>, {
      expressHook: 'preHandler',
    });
    await app.register(forFastify.verifyWebhook(verifierOf(guard)));
    if (use) (app as unknown as { use: (handler: Handler) => void }).use(use);
    app.post('/webhooks', route ?? (() => undefined));
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    const answer = await send({ url: `${origin}/webhooks` }, webhook()).catch(String);
    await app.close();
    return { answer, events };
  }

  test.each<[string, Parameters<typeof answerOf>[0], { status: number; text: string }]>([
    ['send', { use: (_request, response) => response.send('ok') }, { status: 200, text: 'ok' }],
    [
      'json',
      { use: (_request, response) => response.json({ a: 1 }) },
      { status: 200, text: '{"a":1}' },
    ],
    [
      'status and send',
      { use: (_request, response) => response.status(201).send('a') },
      { status: 201, text: 'a' },
    ],
    [
      'raw.send in a route of Fastify',
      {
        route: (_request, { raw }) => {
          (raw as unknown as ExpressResponse).send('ok');
        },
      },
      { status: 200, text: 'ok' },
    ],
  ])('the answer of %s is confirmed and sent', async (_what, handlers, expected) => {
    const { answer, events } = await answerOf(handlers);
    expect(answer).toMatchObject(expected);
    expect(events).toEqual(['confirm']);
  });

  test('a text after the head releases the claim, and does not end the process', async () => {
    const { answer, events } = await answerOf({
      route: (_request, reply) => {
        reply.raw.writeHead(200);
        reply.send('a');
      },
    });
    expect(answer).toContain('fetch failed');
    expect(events).toEqual(['release']);
  });
});

test.each<[string, (reply: FastifyReply) => unknown]>([
  ['writeHead', ({ raw }) => raw.writeHead(500)],
  [
    'flushHeaders',
    (reply) => {
      reply.code(500).raw.flushHeaders();
    },
  ],
])(
  'with Fastify, a Response after the head of %s is settled by the status of this head',
  async (_what, sendHead) => {
    const release = jest.fn(() => Promise.resolve());
    const app = fastify();
    await app.register(forFastify.verifyWebhook(verifierOf(guardThat({ release }))));
    app.post('/webhooks', (_request, reply) => {
      sendHead(reply);
      reply.send(new Response('Failed'));
    });
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    expect(await send({ url: `${origin}/webhooks` }, webhook())).toMatchObject({ status: 500 });
    expect(release).toHaveBeenCalledTimes(1);
    await app.close();
  },
);

test('with Koa, middleware that stops waiting for the replay guard may respond with an error', async () => {
  const { verifier, confirm, open } = slowVerifier();
  const { opened: stopped, open: stop } = gate();
  const app = new (load('koa') as new () => KoaApp)();
  app.silent = true;
  app.use((_context, next) =>
    Promise.race([
      next(),
      stopped.then(() => {
        throw Object.assign(new Error('Too slow'), { status: 504 });
      }),
    ]),
  );
  app.use(forKoa.verifyWebhook(verifier)).use((context) => {
    context.body = 'Handled';
    return Promise.resolve();
  });
  const answer = send(await listen(app.callback()), webhook());
  await until(() => confirm.mock.calls.length > 0);
  stop();
  expect(await answer).toMatchObject({ status: 504 });
  open();
});

test('with Hono, another response after the handler does not replace the response', async () => {
  const { verifier, confirm, open } = slowVerifier();
  const handled: HonoContext[] = [];
  const app = new Hono().all('/webhooks', forHono.verifyWebhook(verifier), (context) => {
    handled.push(context);
    return Promise.resolve(context.text('Handled', 200));
  });
  const answer = send(await listen(getRequestListener(app.fetch)), webhook());
  await until(() => confirm.mock.calls.length > 0);
  for (const context of handled) context.res = new Response('Late', { status: 503 });
  open();
  expect(await answer).toMatchObject({ status: 200, text: 'Handled' });
});

describe.each<[string, (verifier: WebhookVerifier, respond: () => Response) => HonoApp['fetch']]>([
  [
    'Hono',
    (verifier, respond) => {
      const app = new Hono().use(forHono.verifyWebhook(verifier));
      return app.all('/webhooks', () => Promise.resolve(respond())).fetch;
    },
  ],
  ['a Request', (verifier, respond) => forRequest.verifyWebhook(verifier)(respond)],
])('with %s on @hono/node-server', (_name, create) => {
  test('a sender that leaves while the replay guard confirms does not end the process', async () => {
    const slow = slowVerifier();
    const source = arrivedStream();
    const respond = () => new Response(Readable.toWeb(source) as ReadableStream);
    const site = await listen(getRequestListener(create(slow.verifier, respond)));
    await sendAndLeave(site, slow, source);
  });

  test('a response without a body is kept although the sender has left', async () => {
    const { method, headers, rawBody } = webhook();
    const controller = new AbortController();
    const { signal } = controller;
    const init = { method, headers, body: rawBody, signal };
    const response = new Response(null, { status: 204 });
    const handle = create(verifierOf(), () => {
      controller.abort();
      return response;
    });
    expect(await handle(new Request('http://localhost/webhooks', init))).toBe(response);
  });

  test('without a guard, the body of the response is not accessed', async () => {
    const { method, headers, rawBody } = webhook();
    const request = new Request('http://localhost/webhooks', { method, headers, body: rawBody });
    const response = new Response('Handled');
    const access = jest.fn();
    for (const name of ['body', 'bodyUsed']) Object.defineProperty(response, name, { get: access });
    expect(await create(withoutGuard, () => response)(request)).toBe(response);
    expect(access).not.toHaveBeenCalled();
  });
});

describe.each([
  ['Express', express],
  ['Express 4.17.3', load('express-4-17') as typeof express],
])('with %s', (_version, create) => {
  const deny: Handler = (_request, response, next) => {
    response.status(403).json({ denied: true });
    next();
  };

  test.each(['headersSent', 'writableEnded'] as const)(
    'after a response, %s is true',
    async (field) => {
      const seen: unknown[] = [];
      const app = create().use(forExpress.verifyWebhook(verifierOf()), deny);
      app.use((_request, response) => {
        seen.push(response[field]);
      });
      const answer = await send(await listen(app), webhook());
      expect(answer).toMatchObject({ status: 403, text: '{"denied":true}' });
      expect(seen).toEqual([true]);
    },
  );

  test('a server that closes while the replay guard confirms sends the response', async () => {
    const { verifier, confirm, open } = slowVerifier();
    const app = create().use(forExpress.verifyWebhook(verifier), (_request, response) => {
      response.end('Handled');
    });
    const site = await listen(app);
    const answer = send(site, webhook());
    await until(() => confirm.mock.calls.length > 0);
    site.server.close();
    open();
    expect(await answer).toMatchObject({ status: 200, text: 'Handled' });
  });

  test('a header that is appended after the response is not sent', async () => {
    const { verifier, confirm, open } = slowVerifier();
    const app = create().use(forExpress.verifyWebhook(verifier), (_request, response) => {
      response.setHeader('x-list', ['1']);
      response.end('Handled');
      response.appendHeader('x-list', '2');
      response.statusCode = 500;
    });
    const answer = send(await listen(app), webhook());
    await until(() => confirm.mock.calls.length > 0);
    open();
    const { status, headers } = await answer;
    expect([status, headers?.['x-list']]).toEqual([200, '1']);
  });

  test('without a guard, the response is sent at once', async () => {
    const seen: unknown[] = [];
    const app = create().use(forExpress.verifyWebhook(withoutGuard), (_request, response) => {
      response.end('Handled');
      seen.push(Object.hasOwn(response, 'end'), response.writableEnded);
    });
    expect(await send(await listen(app), webhook())).toMatchObject({ status: 200 });
    expect(seen).toEqual([false, true]);
  });
});

test('over HTTP/2, the client sees a failure if a part was sent and the guard fails', async () => {
  const middleware = forExpress.verifyWebhook(verifierOf(guardThat({ confirm: failToConnect })));
  const server = createServer((request, response) => {
    middleware(request as never, response as never, () => {
      response.write('a');
      response.end('b');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(sendOverHttp2(`http://127.0.0.1:${port}`)).rejects.toMatchObject({
    code: 'ERR_HTTP2_STREAM_ERROR',
  });
  server.close();
});
