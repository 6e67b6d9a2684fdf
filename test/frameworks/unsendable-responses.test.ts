// src/frameworks/rehearse.ts: a response that the framework cannot send does not confirm the webhook.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http2';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import express, { type Handler } from 'express';
import fastify, { type FastifyInstance, type RouteHandler } from 'fastify';
import * as forExpress from '../../src/frameworks/express';
import * as forFastify from '../../src/frameworks/fastify';
import * as forKoa from '../../src/frameworks/koa';
import { guardThat, listen, send, sendOverHttp2, until, verifierOf, webhook } from './serving';
import type { KoaApp, KoaContext } from './shapes';

const load = createRequire(__filename);

/** A verifier whose guard counts the confirmations and releases. */
function countingVerifier() {
  const confirm = jest.fn(() => Promise.resolve());
  const release = jest.fn(() => Promise.resolve());
  return { confirm, release, verifier: verifierOf(guardThat({ confirm, release })) };
}

/** Streams of Node that the framework cannot send. */
const brokenStreams: [string, () => Readable][] = [
  ['a destroyed stream', () => Readable.from(['x']).destroy()],
  ['a stream that has failed', () => new Readable().destroy(new Error('No'))],
  [
    'a stream that has failed and is open',
    () => {
      const construct = (done: (error: Error) => void) => {
        done(new Error('No'));
      };
      return new Readable({ autoDestroy: false, construct });
    },
  ],
];

async function broken(create: () => Readable): Promise<Readable> {
  const stream = create().on('error', () => undefined);
  await setImmediate();
  return stream;
}

async function expectRelease(
  site: { url: string },
  { confirm, release }: Pick<ReturnType<typeof countingVerifier>, 'confirm' | 'release'>,
) {
  expect(await send(site, webhook())).toMatchObject({ status: 500 });
  expect([confirm.mock.calls.length, release.mock.calls.length]).toEqual([0, 1]);
}

async function expectConfirmation(
  site: { url: string },
  { confirm, release }: Pick<ReturnType<typeof countingVerifier>, 'confirm' | 'release'>,
  text: string,
) {
  expect(await send(site, webhook())).toMatchObject({ status: 200, text });
  expect([confirm.mock.calls.length, release.mock.calls.length]).toEqual([1, 0]);
}

/** Serves a handler with Koa until the test ends. */
async function serveKoa(Koa: new () => KoaApp, handler: (context: KoaContext) => unknown) {
  const counts = countingVerifier();
  const app = new Koa().use(forKoa.verifyWebhook(counts.verifier));
  app.silent = true;
  app.use(async (context) => {
    await handler(context);
  });
  return { ...counts, ...(await listen(app.callback())) };
}

describe.each([
  ['Koa', load('koa') as new () => KoaApp],
  ['Koa 2.13', load('koa-2-13') as new () => KoaApp],
])('with %s', (_version, Koa) => {
  test.each<[string, (context: KoaContext) => void]>([
    ['a body that is no JSON', (context) => (context.body = { id: 10n })],
    ['a symbol as body', (context) => (context.body = Symbol('x'))],
    ['a function as body', (context) => (context.body = () => 'x')],
    [
      'a body whose toJSON fails',
      (context) => {
        context.body = {
          toJSON: () => {
            throw new Error('No');
          },
        };
      },
    ],
    [
      'a web stream with a reader',
      (context) => {
        const stream = new Blob(['x']).stream();
        stream.getReader();
        context.body = stream;
      },
    ],
    [
      'a status message beyond Latin-1',
      (context) => {
        context.body = 'x';
        context.res.statusMessage = '\u017Dofie';
      },
    ],
    [
      'JSON with a Trailer',
      (context) => {
        context.set({ trailer: 'x-a' });
        context.body = {};
      },
    ],
  ])('%s', async (_what, handler) => {
    const site = await serveKoa(Koa, handler);
    await expectRelease(site, site);
  });

  // Koa closes the connection, or sends nothing.
  test.each(brokenStreams)('%s releases the webhook', async (_what, create) => {
    const site = await serveKoa(Koa, async (context) => {
      context.body = await broken(create);
    });
    await expectRelease(site, site);
  });

  test.each<[string, string, (context: KoaContext) => unknown]>([
    [
      'a response that the handler has begun to send',
      'x',
      (context) => {
        context.res.writeHead(200).write('x');
        context.res.end();
      },
    ],
    [
      'text with a length that Node checks',
      'abc',
      (context) => {
        context.res.strictContentLength = true;
        context.body = 'abc';
      },
    ],
    [
      'a stream with a Trailer',
      'x',
      (context) => {
        context.set({ trailer: 'x-a' });
        context.body = Readable.from(['x']);
      },
    ],
    [
      'a stream that was read',
      '',
      async (context) => {
        const stream = Readable.from(['x']);
        await stream.toArray();
        context.body = stream;
      },
    ],
  ])('%s confirms the webhook', async (_what, text, handler) => {
    const site = await serveKoa(Koa, handler);
    await expectConfirmation(site, site, text);
  });
});

const fastifies: [string, typeof fastify][] = [
  ['Fastify', fastify],
  ['Fastify 5.0', load('fastify-5-0') as typeof fastify],
];

/** Serves a handler with Fastify until `close` is called. */
async function serveFastify(
  app: FastifyInstance,
  handler: RouteHandler,
  verifier = verifierOf(),
): Promise<{ url: string; close: () => Promise<unknown> }> {
  await app.register(async (scope) => {
    await scope.register(forFastify.verifyWebhook(verifier));
    scope.post('/webhooks', handler);
  });
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url: `${origin}/webhooks`, close: () => app.close() };
}

describe.each(fastifies)('with %s', (_version, create) => {
  test.each<[string, RouteHandler]>([
    ['a header beyond Latin-1', (_request, reply) => reply.header('x-a', '\u017Dofie').send('x')],
    ['a header that is undefined', (_request, reply) => reply.header('x-a', [undefined]).send('x')],
    ['a number as text', (_request, reply) => reply.type('text/plain').send(42)],
    ['Response.error()', () => Response.error()],
    ['a Trailer without chunks', (_request, reply) => reply.header('trailer', 'x-a').send('x')],
    [
      'a Response with a control character in a header',
      () => new Response('x', { headers: { 'x-a': '\u0001' } }),
    ],
    [
      'a Response that was read',
      async () => {
        const response = new Response('x');
        await response.text();
        return response;
      },
    ],
  ])('%s', async (_what, handler) => {
    const counts = countingVerifier();
    const site = await serveFastify(create(), handler, counts.verifier);
    await expectRelease(site, counts);
    await site.close();
  });

  test.each(brokenStreams)('%s releases the webhook', async (_what, createStream) => {
    const counts = countingVerifier();
    const site = await serveFastify(create(), () => broken(createStream), counts.verifier);
    await expectRelease(site, counts);
    await site.close();
  });

  test.each<[string, number, () => unknown]>([
    ['a text', 200, () => 'x'],
    ['bytes', 200, () => Buffer.from('x')],
    ['an empty Response', 200, () => new Response(null)],
    ['nothing', 200, () => null],
    ['a stream that the status forbids', 204, () => Readable.from(['x'])],
  ])(
    '%s after the handler has written the head releases the webhook',
    async (_what, status, content) => {
      const counts = countingVerifier();
      const handler: RouteHandler = (_request, reply) => {
        reply.raw.writeHead(status);
        reply.send(content());
      };
      const site = await serveFastify(create(), handler, counts.verifier);
      await expect(send(site, webhook())).rejects.toThrow('fetch failed');
      expect([counts.confirm.mock.calls.length, counts.release.mock.calls.length]).toEqual([0, 1]);
      await site.close();
    },
  );

  test.each([
    ['a stream', () => Readable.from(['x'])],
    ['a Response', () => new Response('x')],
  ])('%s after the handler has written the head confirms the webhook', async (_what, content) => {
    const counts = countingVerifier();
    const handler: RouteHandler = (_request, reply) => {
      reply.raw.writeHead(200);
      reply.send(content());
    };
    const site = await serveFastify(create(), handler, counts.verifier);
    await expectConfirmation(site, counts, 'x');
    await site.close();
  });

  test.each<[string, string, RouteHandler]>([
    [
      'a stream with a Trailer',
      'x',
      (_request, reply) => reply.header('trailer', 'x-a').send(Readable.from(['x'])),
    ],
    ...(['abc', Readable] as const).map((content): [string, string, RouteHandler] => [
      `a ${content === 'abc' ? 'text' : 'stream'} with a length that Node checks`,
      'abc',
      (_request, reply) => {
        reply.raw.strictContentLength = true;
        reply.header('content-length', '3');
        return reply.send(content === 'abc' ? content : Readable.from(['abc']));
      },
    ]),
  ])('%s confirms the webhook', async (_what, text, handler) => {
    const counts = countingVerifier();
    const site = await serveFastify(create(), handler, counts.verifier);
    await expectConfirmation(site, counts, text);
    await site.close();
  });
});

test.each(fastifies)(
  'with %s, a refusal that cannot be sent is answered with 500',
  async (_version, create) => {
    const app = create();
    app.addHook('onRequest', (_request, reply, done) => {
      reply.header('x-a', '\u2713');
      done();
    });
    const site = await serveFastify(app, () => 'Handled');
    const answer = await send(site, { ...webhook(), headers: {} });
    // Newer versions of Fastify remove the header and send the refusal.
    expect([500, 503]).toContain(answer.status);
    await site.close();
  },
);

test('with Fastify, a response without content confirms the webhook', async () => {
  const { confirm, release, verifier } = countingVerifier();
  const site = await serveFastify(fastify(), (_request, reply) => reply.code(204).send(), verifier);
  expect(await send(site, webhook())).toMatchObject({ status: 204, text: '' });
  expect([confirm.mock.calls.length, release.mock.calls.length]).toEqual([1, 0]);
  await site.close();
});

describe.each(fastifies)('with %s over HTTP/2', (_version, create) => {
  const createApp = () => create({ http2: true }) as unknown as FastifyInstance;

  test('a list that HTTP/2 refuses as a header is answered with 500', async () => {
    const site = await serveFastify(createApp(), (_request, reply) =>
      reply.header('etag', ['a', 'b'] as never).send('x'),
    );
    expect(await sendOverHttp2(site.url)).toBe(500);
    await site.close();
  });

  test('a text after the handler has written the head releases the webhook', async () => {
    const { confirm, release, verifier } = countingVerifier();
    const handler: RouteHandler = (_request, reply) => {
      reply.raw.writeHead(200);
      reply.send('x');
    };
    const site = await serveFastify(createApp(), handler, verifier);
    await expect(sendOverHttp2(site.url)).rejects.toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
    expect([confirm.mock.calls.length, release.mock.calls.length]).toEqual([0, 1]);
    await site.close();
  });

  test('a header that only HTTP/1 refuses confirms the webhook', async () => {
    const { confirm, release, verifier } = countingVerifier();
    const site = await serveFastify(
      createApp(),
      (_request, reply) => reply.header('x-a', '10 \u20AC').send('x'),
      verifier,
    );
    expect(await sendOverHttp2(site.url)).toBe(200);
    expect([confirm.mock.calls.length, release.mock.calls.length]).toEqual([1, 0]);
    await site.close();
  });
});

describe.each([
  ['Express', express],
  ['Express 4.17.3', load('express-4-17') as typeof express],
])('with %s', (_version, create) => {
  async function serve(handler: Handler) {
    const counts = countingVerifier();
    const app = create().use(forExpress.verifyWebhook(counts.verifier), handler);
    const handleError: express.ErrorRequestHandler = (_error, _request, response, next) => {
      response.statusMessage = 'Failed';
      if (response.headersSent) response.status(500).end();
      else next('By the framework');
    };
    app.use(handleError);
    return { ...counts, ...(await listen(app)) };
  }

  test.each<[string, Handler]>([
    ['a number as body', (_request, response) => response.end(42 as never)],
    [
      'a length that differs from its header',
      (_request, response) => {
        Object.assign(response, { strictContentLength: true });
        response.set('content-length', '5').end('x');
      },
    ],
    ['an unknown encoding', (_request, response) => response.end('x', 'none' as never)],
    [
      'a status message beyond Latin-1',
      (_request, response) => Object.assign(response, { statusMessage: '\u017Dofie' }).end('x'),
    ],
  ])('%s', async (_what, handler) => {
    const site = await serve(handler);
    await expectRelease(site, site);
  });

  test('a final status of 199 releases the webhook', async () => {
    const site = await serve((_request, response) => response.status(199).end());
    // Clients wait for a final response, which does not follow.
    send(site, webhook()).catch(() => undefined);
    await until(() => site.release.mock.calls.length > 0);
    expect([site.confirm.mock.calls.length, site.release.mock.calls.length]).toEqual([0, 1]);
  });

  test('an error handler with the same fault does not run for ever', async () => {
    const counts = countingVerifier();
    const app = create().use(forExpress.verifyWebhook(counts.verifier), (_request, response) => {
      response.end(42 as never);
    });
    const faulty: express.ErrorRequestHandler = (_error, _request, response, next) => {
      if (response.headersSent) next('By the framework');
      response.end(42 as never);
    };
    await expectRelease(await listen(app.use(faulty)), counts);
  });

  test('nothing is sent that an error handler writes while the webhook is being confirmed', async () => {
    let confirm: () => void = () => undefined;
    const confirmed = new Promise<void>((resolve) => (confirm = resolve));
    const app = create().use(
      forExpress.verifyWebhook(verifierOf(guardThat({ confirm: () => confirmed }))),
      (_request, response) => {
        response.end('Handled');
        throw new Error('Too late');
      },
    );
    const tooLate: express.ErrorRequestHandler = (_error, _request, response, next) => {
      response.status(500).writeHead(500).write('Failed');
      response.flushHeaders();
      response.end();
      confirm();
      if (response.headersSent) next();
    };
    const site = await listen(app.use(tooLate));
    expect(await send(site, webhook())).toMatchObject({ status: 200, text: 'Handled' });
  });

  test('the status that was sent counts, although an error handler sets another one', async () => {
    const site = await serve((_request, response, next) => {
      response.write('a');
      next(new Error('No'));
    });
    expect(await send(site, webhook())).toMatchObject({ status: 200, text: 'a' });
    expect([site.confirm.mock.calls.length, site.release.mock.calls.length]).toEqual([1, 0]);
  });
});

describe('without a framework, an error handler with the same fault', () => {
  test.each<[string, (response: ServerResponse) => unknown]>([
    ['a number as body', (response) => response.end(42)],
    [
      'a status message beyond Latin-1',
      (response) => Object.assign(response, { statusMessage: '\u017Dofie' }).end(),
    ],
  ])('is answered with 500 and releases the webhook: %s', async (_what, respond) => {
    const counts = countingVerifier();
    const middleware = forExpress.verifyWebhook(counts.verifier);
    const site = await listen((request, response) => {
      middleware(request, response, () => respond(response));
    });
    await expectRelease(site, counts);
  });

  test('releases the webhook if a serverless adapter gives the version of HTTP as text', async () => {
    const counts = countingVerifier();
    const middleware = forExpress.verifyWebhook(counts.verifier);
    const site = await listen((request, response) => {
      Object.assign(request, { httpVersionMajor: '1' });
      middleware(request, response, () => {
        Object.assign(response, { statusMessage: '\u017Dofie' }).end();
      });
    });
    await expectRelease(site, counts);
  });

  test('ends the connection if a part of the response was sent', async () => {
    const { confirm, release, verifier } = countingVerifier();
    const middleware = forExpress.verifyWebhook(verifier);
    const site = await listen((request, response) => {
      middleware(request, response, () => {
        if (!response.headersSent) response.write('a');
        response.end(42);
      });
    });
    await expect(send(site, webhook())).rejects.toMatchObject({ name: 'TypeError' });
    expect([confirm.mock.calls.length, release.mock.calls.length]).toEqual([0, 1]);
  });

  test('is answered with 500 over HTTP/2', async () => {
    const middleware = forExpress.verifyWebhook(verifierOf());
    const server = createServer((request, response) => {
      middleware(request as never, response as never, () => {
        response.setHeader('etag', ['a', 'b']);
        response.end('x');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await sendOverHttp2(`http://127.0.0.1:${port}`)).toBe(500);
    server.close();
  });
});
