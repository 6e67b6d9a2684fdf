// Receives signed webhooks (Messages, Voice, Dispatch) and SMS callbacks in Fastify:
// NEXMO_SIGNATURE_SECRET=... PORT=3000 node examples/webhooks-fastify.mjs
import fastify from 'fastify';
import { MemoryReplayGuard, WebhookVerifier } from 'nexmo-auth';
import { verifySmsCallback, verifyWebhook } from 'nexmo-auth/fastify';

const { NEXMO_SIGNATURE_SECRET: secrets, PORT = '3000' } = process.env;
// Several processes need a RedisReplayGuard.
const verifier = new WebhookVerifier({ secrets, replayGuard: new MemoryReplayGuard() });

const app = fastify();

app.register(async (scope) => {
  await scope.register(verifyWebhook(verifier));
  scope.post('/webhooks/inbound', async (request, reply) => {
    console.log('Message:', request.body, 'of', request.webhook.claims.api_key);
    return reply.code(204).send();
  });
});

app.register(async (scope) => {
  await scope.register(verifySmsCallback(verifier));
  scope.all('/webhooks/sms', async (request, reply) => {
    console.log('SMS:', request.smsCallback.params);
    return reply.code(204).send();
  });
});

const origin = await app.listen({ port: Number(PORT), host: '127.0.0.1' });
console.log(`Listening on ${origin}/webhooks/inbound`);
