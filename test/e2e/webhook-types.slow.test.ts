import { typeCheck } from '../support/type-check';

/** Handlers as users write them, with the types of each framework, by the name of the framework. */
const handlers: Record<string, string> = {
  express: `
    import express from 'express';
    import { verifySmsCallback, verifyWebhook, type AcceptedSms } from 'nexmo-auth/express';
    const app = express();
    app.post('/inbound', verifyWebhook(verifier, { limit: 1000 }), (request, response) => {
      const iat: number | undefined = request.webhook?.claims.iat;
      response.json(iat);
    });
    app.use('/sms', verifySmsCallback(verifier), (request, _response, next) => {
      const accepted: AcceptedSms | undefined = request.smsCallback;
      next(accepted?.params['text']);
    });
    // @ts-expect-error There is no such option.
    verifyWebhook(verifier, { limits: 1000 });`,
  fastify: `
    import fastify from 'fastify';
    import { verifySmsCallback, verifyWebhook, type AcceptedSms } from 'nexmo-auth/fastify';
    const app = fastify();
    await app.register(async (scope) => {
      await scope.register(verifyWebhook(verifier, { limit: 1000 }));
      scope.post('/inbound', async (request) => {
        const iat: number | undefined = request.webhook?.claims.iat;
        return iat;
      });
    });
    app.register(verifySmsCallback(verifier), { prefix: '/sms' });
    app.get('/sms', async (request) => {
      const accepted: AcceptedSms | undefined = request.smsCallback;
      return accepted?.params['text'];
    });`,
  koa: `
    import Koa from 'koa';
    import { verifySmsCallback, verifyWebhook, type AcceptedSms, type AcceptedWebhook } from 'nexmo-auth/koa';
    const app = new Koa<{ webhook: AcceptedWebhook }>();
    app.use(verifyWebhook(verifier, { limit: 1000 })).use((context) => {
      const iat: number = context.state.webhook.claims.iat;
      context.body = iat;
    });
    new Koa().use(verifySmsCallback(verifier)).use(async (context, next) => {
      const accepted: AcceptedSms = context.state.smsCallback;
      context.body = accepted.params['text'];
      await next();
    });`,
  hono: `
    import { Hono } from 'hono';
    import { verifySmsCallback, verifyWebhook, type AcceptedSms } from 'nexmo-auth/hono';
    const app = new Hono<{ Variables: { own: string } }>();
    app.post('/inbound', verifyWebhook(verifier, { limit: 1000 }), async (context) => {
      const iat: number = context.get('webhook').claims.iat;
      return context.json({ iat, body: await context.req.json(), own: context.get('own') });
    });
    new Hono().use('/sms/*', verifySmsCallback(verifier)).get('/sms/inbound', (context) => {
      const accepted: AcceptedSms = context.var.smsCallback;
      return context.text(accepted.params['text'] ?? '');
    });`,
  request: `
    import { verifySmsCallback, verifyWebhook, type AcceptedSms } from 'nexmo-auth/request';
    type Context = { params: Promise<{ id: string }> };
    export const POST: (request: Request, context: Context) => Promise<Response> = verifyWebhook(
      verifier,
      { limit: 1000 },
    )(async (request, { claims }, { params }: Context) => {
      const iat: number = claims.iat;
      return Response.json([iat, await request.json(), await params]);
    });
    export const GET: (request: Request) => Promise<Response> = verifySmsCallback(verifier)(
      (_request, accepted: AcceptedSms) => new Response(accepted.params['text'] ?? null),
    );`,
};

test('handlers type-check with the types of each framework, in ES modules and in CommonJS', async () => {
  const common = `
    import { WebhookVerifier } from 'nexmo-auth';
    const verifier = new WebhookVerifier({ secrets: 'secret' });`;
  const sources = Object.entries(handlers).flatMap(([name, handler]) => [
    [`${name}.mts`, common + handler],
    // CommonJS has no top-level await.
    [`${name}.cts`, common + handler.replace('await app.reg', 'void app.reg')],
  ]);
  expect(await typeCheck(Object.fromEntries(sources) as Record<string, string>)).toBe('');
}, 120_000);
