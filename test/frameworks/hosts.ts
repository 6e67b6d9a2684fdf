import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import newestExpress, { type ErrorRequestHandler } from 'express';
import newestFastify from 'fastify';
import type { WebhookVerifier } from '../../src';
import * as forExpress from '../../src/frameworks/express';
import * as forFastify from '../../src/frameworks/fastify';
import * as forHono from '../../src/frameworks/hono';
import * as forKoa from '../../src/frameworks/koa';
import * as forRequest from '../../src/frameworks/request';
import type { AcceptedSms, AcceptedWebhook, AdapterOptions } from '../../src/frameworks/request';
import { testsOlderVersions } from '../support/older-versions';
import type { HonoApp, KoaApp, KoaContext, Next } from './shapes';

// Loaded without their types, which do not compile with this project's options.
// test/e2e/webhook-types.slow.test.ts checks the types.
const load = createRequire(__filename);
const { Hono } = load('hono') as { Hono: new () => HonoApp };

const koaBodyParser = load('koa-bodyparser') as () => (context: KoaContext, next: Next) => unknown;
const { getRequestListener } = load('@hono/node-server') as {
  getRequestListener: (fetch: Fetch) => RequestListener;
};

/** What a handler gets from its framework. */
export type Found = Partial<AcceptedWebhook & AcceptedSms> & { body?: unknown; query?: unknown };

export type Answer = { status: number; text: string; headers?: Record<string, string> };

export type Handler = (found: Found) => Answer | Promise<Answer>;

export type Served = {
  verify: 'verifyWebhook' | 'verifySmsCallback';
  verifier: WebhookVerifier;
  options?: AdapterOptions | undefined;
  handler: Handler;
  /** Whether another middleware reads the body first. */
  parsedBefore: boolean;
  /** Called by the framework's error handler, which answers 500 with the text `By the framework`. */
  onError: (error: unknown) => void;
};

/** A real framework that serves one path, `/webhooks`, with a handler behind the adapter. */
export type Framework = (served: Served) => RequestListener | Promise<RequestListener>;

type NewKoa = new () => KoaApp;

type Fetch = (request: Request, env: object) => Response | Promise<Response>;

const errorText = 'By the framework';

/** Reads the body of a `Request`. */
function bodyIn(request: Pick<Request, 'json' | 'text'>, type: string): Promise<unknown> {
  return type.includes('json') ? request.json() : request.text();
}

const byExpress =
  (express: typeof newestExpress): Framework =>
  ({ verify, verifier, options, handler, parsedBefore, onError }) => {
    const app = express();
    if (parsedBefore) app.use(express.json());
    app.all('/webhooks', forExpress[verify](verifier, options), (request, response, next) => {
      const { webhook, smsCallback, query } = request;
      const body: unknown = request.body;
      const respond = async () => {
        const found = { ...webhook, ...smsCallback, body, query };
        const { status, text, headers } = await handler(found);
        response.status(status).set(headers).send(text);
      };
      // Express 4 does not handle the errors of asynchronous handlers.
      respond().catch(next);
    });
    const handleError: ErrorRequestHandler = (error, _request, response, next) => {
      onError(error);
      if (response.headersSent) next(error);
      else response.status(500).send(errorText);
    };
    return app.use(handleError);
  };

const byFastify =
  (fastify: typeof newestFastify): Framework =>
  async ({ verify, verifier, options, handler, parsedBefore, onError }) => {
    let listener: RequestListener | undefined;
    const app = fastify({
      serverFactory: (listen) => {
        listener = listen;
        return createServer(listen);
      },
    });
    app.setErrorHandler((error, _request, reply) => {
      onError(error);
      return reply.code(500).send(errorText);
    });
    await app.register(async (scope) => {
      if (parsedBefore) {
        scope.addHook('preParsing', async (_request, _reply, payload) => {
          await payload.toArray();
          return payload;
        });
      }
      await scope.register(forFastify[verify](verifier, options));
      scope.all('/webhooks', async (request, reply) => {
        const { webhook, smsCallback, body, query } = request;
        const found = { ...webhook, ...smsCallback, body, query };
        const { status, text, headers = {} } = await handler(found);
        return reply.code(status).headers(headers).send(text);
      });
    });
    await app.ready();
    if (listener === undefined) throw new Error('Fastify has no listener.');
    return listener;
  };

const byKoa =
  (Koa: NewKoa): Framework =>
  ({ verify, verifier, options, handler, parsedBefore, onError }) => {
    const app = new Koa();
    app.silent = true;
    app.use(async (context, next) => {
      try {
        await next();
      } catch (error) {
        onError(error);
        context.status = 500;
        context.body = errorText;
      }
    });
    if (parsedBefore) {
      app.use(koaBodyParser());
      app.use((context, next) => {
        Object.assign(context.request, { rawBody: undefined });
        return next();
      });
    }
    app.use(forKoa[verify](verifier, options));
    app.use(async (context) => {
      const { webhook, smsCallback } = context.state;
      const { query } = context;
      const { body } = context.request;
      const found = { ...webhook, ...smsCallback, body, query };
      const { status, text, headers = {} } = await handler(found);
      context.status = status;
      context.body = text;
      context.set(headers);
    });
    return app.callback();
  };

const newest: Record<string, Framework> = {
  Express: byExpress(newestExpress),
  Fastify: byFastify(newestFastify),
  Koa: byKoa(load('koa') as NewKoa),

  Hono: ({ verify, verifier, options, handler, parsedBefore, onError }) => {
    const app = new Hono();
    app.onError((error, context) => {
      onError(error);
      return context.text(errorText, 500);
    });
    if (parsedBefore) {
      app.use(async (context, next) => {
        await context.req.raw.json();
        await next();
      });
    }
    app.all('/webhooks', forHono[verify](verifier, options), async (context) => {
      const type = context.req.header('content-type') ?? '';
      const found = {
        ...context.get('webhook'),
        ...context.get('smsCallback'),
        body: await (type.includes('form') ? context.req.parseBody() : bodyIn(context.req, type)),
        query: context.req.query(),
      };
      const { status, text, headers = {} } = await handler(found);
      return new Response(text, { status, headers });
    });
    return getRequestListener(app.fetch);
  },

  'a Request': ({ verify, verifier, options, handler, parsedBefore, onError }) => {
    const handle: (
      request: Request,
      callback: AcceptedWebhook | AcceptedSms,
      ...rest: unknown[]
    ) => Promise<Response> = async (request, callback) => {
      const type = request.headers.get('content-type') ?? '';
      const body = type.includes('form')
        ? Object.fromEntries(new URLSearchParams(await request.text()))
        : await bodyIn(request, type);
      const query = Object.fromEntries(new URL(request.url).searchParams);
      const { status, text, headers = {} } = await handler({ ...callback, body, query });
      return new Response(text, { status, headers });
    };
    const handleVerified =
      verify === 'verifyWebhook'
        ? forRequest.verifyWebhook(verifier, options)(handle)
        : forRequest.verifySmsCallback(verifier, options)(handle);
    return getRequestListener(async (request, env) => {
      try {
        if (parsedBefore) await request.json();
        return await handleVerified(request, env);
      } catch (error) {
        onError(error);
        return new Response(errorText, { status: 500 });
      }
    });
  },
};

/** The oldest supported versions: Express 4.17.3, Fastify 5.0 and Koa 2.13. */
const oldest = (): Record<string, Framework> => ({
  Express: byExpress(load('express-4-17') as typeof newestExpress),
  Fastify: byFastify(load('fastify-5-0') as typeof newestFastify),
  Koa: byKoa(load('koa-2-13') as NewKoa),
});

/** The newest versions, and in `npm run test:slow` the oldest ones. */
export const frameworks = { ...newest, ...(testsOlderVersions && oldest()) };
