// src/frameworks/rehearse.ts: a response that the framework cannot send does not confirm the webhook.
import { once } from 'node:events';
import { connect } from 'node:http2';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import express, { type Handler } from 'express';
import fastify, { type FastifyInstance, type RouteHandler } from 'fastify';
import * as forExpress from '../../src/frameworks/express';
import * as forFastify from '../../src/frameworks/fastify';
import * as forKoa from '../../src/frameworks/koa';
import { guardThat, listen, send, verifierOf, webhook } from './serving';
import type { KoaApp, KoaContext } from './shapes';

const load = createRequire(__filename);

/** A verifier whose guard counts the confirmations and releases. */
function countingVerifier() {
  const confirm = jest.fn(() => Promise.resolve());
  const release = jest.fn(() => Promise.resolve());
  return { confirm, release, verifier: verifierOf(guardThat({ confirm, release })) };
}

async function expectRelease(
  site: { url: string },
  { confirm, release }: Pick<ReturnType<typeof countingVerifier>, 'confirm' | 'release'>,
) {
  expect(await send(site, webhook())).toMatchObject({ status: 500 });
  expect([confirm.mock.calls.length, release.mock.calls.length]).toEqual([0, 1]);
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
  ])('%s', async (_what, handler) => {
    const counts = countingVerifier();
    const app = new Koa().use(forKoa.verifyWebhook(counts.verifier));
    app.silent = true;
    app.use((context) => {
      handler(context);
      return Promise.resolve();
    });
    await expectRelease(await listen(app.callback()), counts);
  });
});

test('with Koa, a handler that has begun to send its response confirms the webhook', async () => {
  const { confirm, release, verifier } = countingVerifier();
  const app = new (load('koa') as new () => KoaApp)().use(forKoa.verifyWebhook(verifier));
  app.silent = true;
  app.use((context) => {
    context.res.writeHead(200).write('x');
    context.res.end();
    return Promise.resolve();
  });
  expect(await send(await listen(app.callback()), webhook())).toMatchObject({ status: 200 });
  expect([confirm.mock.calls.length, release.mock.calls.length]).toEqual([1, 0]);
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

test('with Fastify, a stream with a Trailer confirms the webhook', async () => {
  const { confirm, release, verifier } = countingVerifier();
  const site = await serveFastify(
    fastify(),
    (_request, reply) => reply.header('trailer', 'x-a').send(Readable.from(['x'])),
    verifier,
  );
  expect(await send(site, webhook())).toMatchObject({ status: 200, text: 'x' });
  expect([confirm.mock.calls.length, release.mock.calls.length]).toEqual([1, 0]);
  await site.close();
});

test.each(fastifies)(
  'with %s, a list that HTTP/2 refuses as a header is answered with 500',
  async (_version, create) => {
    const app = create({ http2: true }) as unknown as FastifyInstance;
    const site = await serveFastify(app, (_request, reply) =>
      reply.header('etag', ['a', 'b'] as never).send('x'),
    );
    const session = connect(site.url);
    const { headers, rawBody } = webhook();
    const stream = session.request({ ...headers, ':method': 'POST', ':path': '/webhooks' });
    stream.end(rawBody);
    const [head] = (await once(stream.resume(), 'response')) as [Record<string, unknown>];
    expect(head[':status']).toBe(500);
    session.close();
    await site.close();
  },
);

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
    await send(site, webhook()).catch(() => undefined);
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
