// Receives signed webhooks (Messages, Voice, Dispatch) and SMS callbacks in Hono:
// NEXMO_SIGNATURE_SECRET=... PORT=3000 node examples/webhooks-hono.mjs
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { MemoryReplayGuard, WebhookVerifier } from 'nexmo-auth';
import { verifySmsCallback, verifyWebhook } from 'nexmo-auth/hono';

const { NEXMO_SIGNATURE_SECRET: secrets, PORT = '3000' } = process.env;
// Several processes need a RedisReplayGuard.
const verifier = new WebhookVerifier({ secrets, replayGuard: new MemoryReplayGuard() });

const app = new Hono();

app.post('/webhooks/inbound', verifyWebhook(verifier), async (context) => {
  console.log('Message:', await context.req.json(), 'of', context.get('webhook').claims.api_key);
  return context.body(null, 204);
});

app.all('/webhooks/sms', verifySmsCallback(verifier), (context) => {
  console.log('SMS:', context.get('smsCallback').params);
  return context.body(null, 204);
});

serve({ fetch: app.fetch, port: Number(PORT), hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`Listening on http://127.0.0.1:${port}/webhooks/inbound`);
});
