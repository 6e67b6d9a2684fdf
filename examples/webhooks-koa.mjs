// Receives signed webhooks (Messages, Voice, Dispatch) and SMS callbacks in Koa:
// NEXMO_SIGNATURE_SECRET=... PORT=3000 node examples/webhooks-koa.mjs
import Koa from 'koa';
import { MemoryReplayGuard, WebhookVerifier } from 'nexmo-auth';
import { verifySmsCallback, verifyWebhook } from 'nexmo-auth/koa';

const { NEXMO_SIGNATURE_SECRET: secrets, PORT = '3000' } = process.env;
// Several processes need a RedisReplayGuard.
const verifier = new WebhookVerifier({ secrets, replayGuard: new MemoryReplayGuard() });

const app = new Koa();

/** Runs middleware for one path. With a router: `router.post(path, verifyWebhook(verifier), handler)`. */
const at = (path, middleware) => (context, next) =>
  context.path === path ? middleware(context, next) : next();

app.use(at('/webhooks/inbound', verifyWebhook(verifier)));
app.use(
  at('/webhooks/inbound', (context) => {
    console.log('Message:', context.request.body, 'of', context.state.webhook.claims.api_key);
    context.status = 204;
  }),
);

app.use(at('/webhooks/sms', verifySmsCallback(verifier)));
app.use(
  at('/webhooks/sms', (context) => {
    console.log('SMS:', context.state.smsCallback.params);
    context.status = 204;
  }),
);

const server = app.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`Listening on http://127.0.0.1:${server.address().port}/webhooks/inbound`);
});
