// src/frameworks/node.ts, web.ts and text.ts: bodies that a parser has read before the verification.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import express, { type ErrorRequestHandler, type Handler } from 'express';
import fastify, { type FastifyRequest } from 'fastify';
import fc from 'fast-check';
import * as forExpress from '../../src/frameworks/express';
import * as forFastify from '../../src/frameworks/fastify';
import * as forHono from '../../src/frameworks/hono';
import * as forKoa from '../../src/frameworks/koa';
import * as forRequest from '../../src/frameworks/request';
import { MemoryReplayGuard } from '../../src';
import { anyCharacter } from '../support/characters';
import { runs } from '../support/runs';
import { inbound } from '../support/webhooks';
import { frameworks } from './hosts';
import { listen, send, serve, sms, verifierOf, webhook } from './serving';
import type { HonoApp, HonoContext, KoaApp, KoaContext, Next } from './shapes';

const load = createRequire(__filename);
const { Hono } = load('hono') as { Hono: new () => HonoApp };
const Koa = load('koa') as new () => KoaApp;
const koaBodyParser = load('koa-bodyparser') as () => (context: KoaContext, next: Next) => unknown;

const { verifyWebhook, verifySmsCallback } = forExpress;
const form = 'application/x-www-form-urlencoded';
const forged = () => webhook({ secret: 'Not-the-secret' });
const unsigned = () => {
  const { authorization: _, ...headers } = webhook().headers;
  return { ...webhook(), headers };
};

let warnings: jest.SpyInstance;
beforeEach(() => {
  warnings = jest.spyOn(process, 'emitWarning').mockImplementation();
});
afterEach(() => {
  warnings.mockRestore();
});
const warned = () =>
  warnings.mock.calls.map(([text, options]) => [text as string, options as object] as const);

describe.each(Object.entries(frameworks))(
  'with %s, a body that was already parsed',
  (_name, framework) => {
    test('is a fault of the program: genuine, forged and unsigned callbacks are answered with 500', async () => {
      const events: unknown[] = [];
      const listener = (event: unknown) => events.push(event);
      subscribe('nexmo-auth:webhook:refused', listener);
      const site = await serve(framework, { parsedBefore: true });
      for (const callback of [webhook(), forged(), unsigned()]) {
        expect(await send(site, callback)).toMatchObject({ status: 500 });
      }
      unsubscribe('nexmo-auth:webhook:refused', listener);
      const code = 'ERR_WEBHOOK_BODY_PARSED';
      expect(site.errors).toMatchObject([{ code }, { code }, { code }]);
      expect(events).toEqual(Array(3).fill({ kind: 'webhook', code }));
      expect(site.handled).toEqual([]);
    });

    test('is reported once to the operator, with what to do', async () => {
      const site = await serve(framework, { parsedBefore: true, verify: 'verifySmsCallback' });
      await send(site, sms({ as: 'json' }));
      await send(site, sms({ as: 'json', secret: 'Not-the-secret' }));
      expect(site.errors).toHaveLength(2);
      // The first test of this framework may have emitted the warning.
      expect(warned().length).toBeLessThan(2);
      for (const [text, options] of warned()) {
        expect(options).toEqual({ type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_BODY_PARSED' });
        expect(text).toContain((site.errors[0] as Error).message);
      }
    });

    test('is not reported as a wrong hash', async () => {
      const site = await serve(framework, { parsedBefore: true });
      await send(site, webhook());
      expect((site.errors[0] as Error).message).toMatch(/^The bytes of the body are missing/);
      expect((site.errors[0] as Error).message).not.toMatch(/hash/);
    });

    test('is not reported for a GET without a body', async () => {
      const site = await serve(framework);
      const callback = webhook({ method: 'GET', body: undefined, query: { to: '1' } });
      expect(await send(site, callback)).toMatchObject({ status: 200 });
    });
  },
);

test('the warning is emitted once per process and framework', async () => {
  const app = express().use(express.json());
  jest.isolateModules(() => {
    const own = jest.requireActual<typeof forExpress>('../../src/frameworks/express');
    const { WebhookVerifier } = jest.requireActual<typeof import('../../src')>('../../src');
    const verifier = new WebhookVerifier({ secrets: 'SignatureSecret1' });
    app
      .use('/sms', own.verifySmsCallback(verifier))
      .use(own.verifyWebhook(verifier), collectErrors([]));
  });
  const site = await listen(app);
  const { href } = new URL('/sms', site.url);
  for (const callback of [webhook(), forged(), webhook()]) await send(site, callback);
  await send({ url: href }, sms({ as: 'json' }));
  expect(warned()).toEqual([
    [
      expect.stringContaining('express.json({ verify:') as string,
      { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_BODY_PARSED' },
    ],
  ]);
});

function collectErrors(errors: unknown[]): ErrorRequestHandler {
  return (error, _request, response, next) => {
    errors.push(error);
    response.status(500);
    next(error);
  };
}

/** An application of Express whose parsers come before the verification. */
async function serveExpress(parsers: Handler[], verify: Handler = verifyWebhook(verifierOf())) {
  const errors: unknown[] = [];
  const app = express().use(...parsers, verify, (request, response) => {
    response.json({ body: request.body as unknown, params: request.smsCallback?.params });
  });
  return { ...(await listen(app.use(collectErrors(errors)))), errors };
}

const keepBytes = (request: IncomingMessage, _response: unknown, bytes: unknown) => {
  Object.assign(request, { rawBody: bytes });
};
/** Keeps a changed value instead of the bytes. */
const keepChanged = (change: (bytes: Buffer) => unknown) =>
  express.json({
    verify: (request, response, bytes) => {
      keepBytes(request, response, change(bytes));
    },
  });

describe('with Express and a parser that keeps request.rawBody', () => {
  const hosts: [string, Handler[]][] = [
    ['express.json({ verify })', [express.json({ verify: keepBytes })]],
    [
      // platform-express of Nest 11: adapters/utils/get-body-parser-options.util.js
      'Nest with rawBody: true',
      [
        express.json({ verify: keepBytes }),
        express.urlencoded({ verify: keepBytes, extended: true }),
      ],
    ],
    [
      // functions-framework-nodejs: src/server.ts, for Cloud Functions and Firebase
      'Google Cloud Functions',
      [
        express.json({ limit: '1024mb', verify: keepBytes }),
        express.text({ limit: '1024mb', verify: keepBytes }),
        express.urlencoded({ limit: '1024mb', extended: true, verify: keepBytes }),
        express.raw({ limit: '1024mb', type: '*/*', verify: keepBytes }),
      ],
    ],
  ];
  test.each(hosts)(
    '%s: genuine webhooks are accepted, forged ones refused',
    async (_host, parsers) => {
      const site = await serveExpress(parsers);
      const { status, text } = await send(site, webhook());
      expect([status, JSON.parse(text)]).toEqual([200, { body: JSON.parse(inbound) as unknown }]);
      expect(await send(site, forged())).toMatchObject({ status: 401 });
      const changed = { ...webhook(), rawBody: Buffer.from(`${inbound} `) };
      expect(await send(site, changed)).toMatchObject({ status: 401 });
      expect(site.errors).toEqual([]);
    },
  );

  test.each(hosts.slice(1))(
    '%s: genuine SMS callbacks are accepted, forged ones refused',
    async (_host, parsers) => {
      const site = await serveExpress(parsers, verifySmsCallback(verifierOf()));
      for (const as of ['form', 'json', 'query'] as const) {
        const callback = sms({ as });
        const { status, text } = await send(site, callback);
        expect([status, JSON.parse(text)]).toMatchObject([200, { params: callback.params }]);
        const other = sms({ as, secret: 'Not-the-secret' });
        expect(await send(site, other)).toMatchObject({ status: 401 });
      }
    },
  );

  test('bytes of another realm are accepted', async () => {
    const ofRealm = runInNewContext('(bytes) => Uint8Array.from(bytes)') as (
      bytes: Uint8Array,
    ) => Uint8Array;
    expect(ofRealm(Buffer.from('x'))).not.toBeInstanceOf(Uint8Array);
    const site = await serveExpress([keepChanged(ofRealm)]);
    expect(await send(site, webhook())).toMatchObject({ status: 200 });
  });

  test.each<[string, (bytes: Buffer) => unknown]>([
    ['the JSON of a Buffer', (bytes) => bytes.toJSON()],
    ['a list of numbers', (bytes) => [...bytes]],
    [
      'an object with the prototype of bytes',
      (bytes) => Object.create(Uint8Array.prototype, { x: { value: bytes } }) as unknown,
    ],
    ['the parsed body', (bytes) => JSON.parse(bytes.toString()) as unknown],
    ['true', () => true],
    ['null', () => null],
  ])('%s does not count as the bytes', async (_what, change) => {
    const site = await serveExpress([keepChanged(change)]);
    expect(await send(site, webhook())).toMatchObject({ status: 500 });
    expect(await send(site, forged())).toMatchObject({ status: 500 });
    expect(site.errors).toMatchObject(Array(2).fill({ code: 'ERR_WEBHOOK_BODY_PARSED' }));
  });

  test('the handler gets the verified body, not the result of another parser', async () => {
    const parser = express.json({
      verify: keepBytes,
      reviver: (name, value: unknown) => (name === 'text' ? 'EVIL' : value),
    });
    const site = await serveExpress([parser]);
    expect(JSON.parse((await send(site, webhook())).text)).toEqual({
      body: JSON.parse(inbound) as unknown,
    });
    const evil: Handler = (request, _response, next) => {
      request.body = { text: 'EVIL' };
      next();
    };
    const callback = sms({ as: 'form' });
    const parsers = [express.urlencoded({ verify: keepBytes }), evil];
    const smsSite = await serveExpress(parsers, verifySmsCallback(verifierOf()));
    expect(JSON.parse((await send(smsSite, callback)).text)).toEqual({
      body: callback.params,
      params: callback.params,
    });
  });

  test('a body of another type, whose bytes are not kept, is refused', async () => {
    const parsers = [express.json({ verify: keepBytes }), express.urlencoded()];
    const site = await serveExpress(parsers, verifySmsCallback(verifierOf()));
    expect(await send(site, sms({ as: 'json' }))).toMatchObject({ status: 200 });
    expect(await send(site, sms({ as: 'form' }))).toMatchObject({ status: 500 });
  });

  test('text that a listener is still collecting is not used', async () => {
    const collect: Handler = (request, _response, next) => {
      let rawBody = '';
      Object.assign(request, { rawBody });
      request.on('data', (bytes: Buffer) => {
        rawBody += bytes.toString();
        Object.assign(request, { rawBody });
      });
      next();
    };
    const site = await serveExpress([collect]);
    expect(await send(site, webhook())).toMatchObject({ status: 500 });
    expect(site.errors).toMatchObject([{ code: 'ERR_WEBHOOK_BODY_PARSED' }]);
  });
});

describe('text of a parser', () => {
  const text = express.text({ type: '*/*' });
  const decoded = keepChanged((bytes) => bytes.toString());

  test.each<[string, Handler, string | Buffer, string]>([
    ['with a byte that is not UTF-8', text, Buffer.from('"caf\xe9"', 'latin1'), 'text/plain'],
    ['with a character that a decoder may have put there', text, '"\uFFFD"', 'text/plain'],
    ['in another charset', text, Buffer.from('"caf\xe9"', 'latin1'), 'text/plain; charset=latin1'],
    ['in UTF-16', text, Buffer.from('"café"', 'utf16le'), 'text/plain; charset=utf-16le'],
    ['without its byte-order mark', text, '\uFEFF{}', 'text/plain'],
    [
      'as rawBody, with a byte that is not UTF-8',
      decoded,
      Buffer.from('{"a":"\xe9"}', 'latin1'),
      'application/json',
    ],
    ['as the value of JSON', express.json({ strict: false }), '"{}"', 'application/json'],
  ])('%s is reported as parsed, not as forged', async (_what, parser, body, contentType) => {
    const site = await serveExpress([parser]);
    expect(await send(site, webhook({ body, contentType }))).toMatchObject({ status: 500 });
    expect(site.errors).toMatchObject([{ code: 'ERR_WEBHOOK_BODY_PARSED' }]);
  });

  test('with a lone surrogate, to which no bytes decode, is refused', async () => {
    const site = await serveExpress([keepChanged(() => '"\uD800"')]);
    expect(await send(site, webhook())).toMatchObject({ status: 500 });
  });

  test('of a compressed body may have another length than the Content-Length says', async () => {
    const unzipped: Handler = (request, _response, next) => {
      request.headers['content-encoding'] = 'gzip';
      request.headers['content-length'] = '3';
      Object.assign(request, { rawBody: inbound });
      next();
    };
    expect(await send(await serveExpress([unzipped]), webhook())).toMatchObject({ status: 200 });
  });

  test('is accepted if encoding it gives the same bytes, and is otherwise reported as parsed', async () => {
    const site = await serveExpress([text], verifyWebhook(verifierOf(new MemoryReplayGuard())));
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.string({ unit: anyCharacter, maxLength: 8 }).map((string) => Buffer.from(string)),
    );
    const property = fc.asyncProperty(bytes, async (content) => {
      const body = Buffer.from(content);
      const { status, text: answer } = await send(
        site,
        webhook({ body, contentType: 'text/plain' }),
      );
      const isFaithful =
        Buffer.from(body.toString()).equals(body) && !/\uFFFD|^\uFEFF/.test(body.toString());
      // An empty body is not parsed.
      expect(status).toBe(isFaithful || body.length === 0 ? 200 : 500);
      if (status !== 200 || body.length === 0) return;
      expect(JSON.parse(answer)).toEqual({ body: body.toJSON() });
    });
    await fc.assert(property, { numRuns: runs(200) });
  });
});

describe('with Koa', () => {
  async function serveKoa(...before: ((context: KoaContext, next: Next) => unknown)[]) {
    const errors: unknown[] = [];
    const app = new Koa().use(async (context, next) => {
      await next().catch((error: unknown) => {
        errors.push(error);
        context.status = 500;
      });
    });
    for (const middleware of before) app.use(middleware);
    app
      .use(forKoa.verifyWebhook(verifierOf()))
      .use((context) => (context.body = context.request.body));
    return { ...(await listen(app.callback())), errors };
  }

  test('text that koa-bodyparser has decoded with loss is refused', async () => {
    const site = await serveKoa(koaBodyParser());
    for (const body of [Buffer.from('["caf\xe9"]', 'latin1'), '["\uFFFD"]', '\uFEFF[]']) {
      expect(await send(site, webhook({ body }))).toMatchObject({ status: 500 });
    }
    expect(site.errors).toMatchObject(Array(3).fill({ code: 'ERR_WEBHOOK_BODY_PARSED' }));
  });

  test.each(['request', 'req'] as const)(
    'bytes that are kept as context.%s.rawBody are accepted',
    async (at) => {
      // @koa/bodyparser keeps the body at both places, as text. Cloud Functions and Firebase keep it at req, as bytes.
      const site = await serveKoa(async (context, next) => {
        const rawBody = Buffer.concat(await context.req.toArray());
        Object.assign(context.request, { body: { text: 'EVIL' } });
        Object.assign(context[at], { rawBody });
        await next();
      });
      const { status, text } = await send(site, webhook());
      expect([status, JSON.parse(text)]).toEqual([200, JSON.parse(inbound)]);
      expect(await send(site, forged())).toMatchObject({ status: 401 });
    },
  );
});

describe('with Fastify', () => {
  test.each<[string, (request: FastifyRequest, bytes: Buffer) => void]>([
    ['request.rawBody', (request, bytes) => Object.assign(request, { rawBody: bytes })],
    // fastify-raw-body does so by default.
    [
      'request.rawBody as text',
      (request, bytes) => Object.assign(request, { rawBody: bytes.toString() }),
    ],
    // As on Cloud Functions and Firebase.
    ['request.raw.rawBody', ({ raw }, bytes) => Object.assign(raw, { rawBody: bytes })],
  ])('bytes that a hook has kept as %s are accepted and parsed', async (_where, keepAt) => {
    const app = fastify();
    app.addHook('preParsing', async (request, _reply, payload) => {
      const chunks: Buffer[] = [];
      for await (const chunk of payload) chunks.push(chunk as Buffer);
      keepAt(request, Buffer.concat(chunks));
      return payload;
    });
    await app.register(forFastify.verifyWebhook(verifierOf()));
    app.post('/webhooks', ({ body }) => Promise.resolve(body));
    const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/webhooks`;
    const { status, text } = await send({ url }, webhook());
    expect([status, JSON.parse(text)]).toEqual([200, JSON.parse(inbound)]);
    expect(await send({ url }, forged())).toMatchObject({ status: 401 });
    await app.close();
  });
});

describe('with Hono', () => {
  type ReadBody = (
    request: HonoContext['req'] & { arrayBuffer(): unknown; blob(): unknown },
  ) => unknown;
  async function answerTo(callback: ReturnType<typeof webhook>, read: ReadBody) {
    const errors: unknown[] = [];
    const app = new Hono();
    app.onError((error, context) => {
      errors.push(error);
      return context.text('By the framework', 500);
    });
    app.use(async (context, next) => {
      await read(context.req as never);
      await next();
    });
    app.all('/webhooks', forHono.verifyWebhook(verifierOf()), async (context) =>
      context.text(await context.req.text(), 200),
    );
    const { method, headers, rawBody } = callback;
    const answer = await app.fetch(
      new Request('https://acme.test/webhooks', { method, headers, body: rawBody }),
    );
    return { status: answer.status, text: await answer.text(), errors };
  }

  test.each<[string, ReadBody]>([
    ['text()', (request) => request.text()],
    ['json()', (request) => request.json()],
    ['arrayBuffer()', (request) => request.arrayBuffer()],
    ['blob()', (request) => request.blob()],
    ['raw.clone()', (request) => request.raw.clone().json()],
  ])('a body that was read by context.req.%s is accepted', async (_how, read) => {
    expect(await answerTo(webhook(), read)).toMatchObject({ status: 200, text: inbound });
    expect(await answerTo(forged(), read)).toMatchObject({ status: 401 });
  });

  test.each<[string, ReadBody]>([
    ['by context.req.raw.text(), past Hono,', (request) => request.raw.text()],
    [
      'as JSON alone',
      async (request) => {
        const json = await request.raw.json();
        request.bodyCache = { json: Promise.resolve(json) };
      },
    ],
  ])('a body that was read %s is refused', async (_how, read) => {
    for (const callback of [webhook(), forged()]) {
      const { status, errors } = await answerTo(callback, read);
      expect([status, errors]).toMatchObject([500, [{ code: 'ERR_WEBHOOK_BODY_PARSED' }]]);
    }
  });

  test('text that was decoded with loss is refused', async () => {
    const body = Buffer.from('["caf\xe9"]', 'latin1');
    const { status, errors } = await answerTo(webhook({ body }), (request) => request.text());
    expect([status, errors]).toMatchObject([500, [{ code: 'ERR_WEBHOOK_BODY_PARSED' }]]);
  });

  test('the handler reads the verified body, not an earlier cached one', async () => {
    const read: ReadBody = async (request) => {
      await request.text();
      Object.assign(request.bodyCache, { json: Promise.resolve('EVIL') });
    };
    expect(await answerTo(webhook(), read)).toMatchObject({ status: 200, text: inbound });
    const replaceCache: ReadBody = (request) =>
      Object.assign(request, { bodyCache: { text: Promise.resolve('EVIL') } });
    expect(await answerTo(webhook(), replaceCache)).toMatchObject({ status: 200, text: inbound });
  });
});

test('a Request with a locked body counts as read', async () => {
  const handle = forRequest.verifyWebhook(verifierOf())(() => new Response());
  for (const { headers, rawBody } of [webhook(), forged()]) {
    const request = new Request('https://acme.test/', { method: 'POST', headers, body: rawBody });
    request.body?.getReader();
    await expect(handle(request)).rejects.toMatchObject({ code: 'ERR_WEBHOOK_BODY_PARSED' });
  }
});

test('a form that koa-bodyparser has read is verified', async () => {
  const app = new Koa().use(koaBodyParser()).use(forKoa.verifySmsCallback(verifierOf()));
  const site = await listen(app.use((context) => (context.body = context.request.body)).callback());
  const callback = sms({ as: 'form' });
  expect(callback.headers).toMatchObject({
    'content-type': expect.stringContaining(form) as string,
  });
  const { status, text } = await send(site, callback);
  expect([status, JSON.parse(text)]).toEqual([200, callback.params]);
});
