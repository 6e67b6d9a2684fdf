// Receives signed webhooks (Messages, Voice, Dispatch) and SMS callbacks wherever a handler takes a Request and
// returns a Response: in Next.js (export const POST = inbound), Bun, Deno or Remix. Here, a Node server calls it.
// NEXMO_SIGNATURE_SECRET=... PORT=3000 node examples/webhooks-request.mjs
import { serve } from '@hono/node-server';
import { MemoryReplayGuard, WebhookVerifier } from 'nexmo-auth';
import { verifySmsCallback, verifyWebhook } from 'nexmo-auth/request';

const { NEXMO_SIGNATURE_SECRET: secrets, PORT = '3000' } = process.env;
// Several processes need a RedisReplayGuard.
const verifier = new WebhookVerifier({ secrets, replayGuard: new MemoryReplayGuard() });

const inbound = verifyWebhook(verifier)(async (request, { claims }) => {
  console.log('Message:', await request.json(), 'of', claims.api_key);
  return new Response(null, { status: 204 });
});

const sms = verifySmsCallback(verifier)((request, { params }) => {
  console.log('SMS:', params);
  return new Response(null, { status: 204 });
});

const handlers = { '/webhooks/inbound': inbound, '/webhooks/sms': sms };

function fetch(request) {
  const handler = handlers[new URL(request.url).pathname];
  return handler?.(request) ?? new Response('Not found', { status: 404 });
}

serve({ fetch, port: Number(PORT), hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`Listening on http://127.0.0.1:${port}/webhooks/inbound`);
});
