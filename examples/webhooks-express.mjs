// Receives signed webhooks (Messages, Voice, Dispatch) and SMS callbacks in Express:
// NEXMO_SIGNATURE_SECRET=... PORT=3000 node examples/webhooks-express.mjs
import express from 'express';
import { MemoryReplayGuard, WebhookVerifier } from 'nexmo-auth';
import { verifySmsCallback, verifyWebhook } from 'nexmo-auth/express';

const { NEXMO_SIGNATURE_SECRET: secrets, PORT = '3000' } = process.env;
// Several processes need a RedisReplayGuard.
const verifier = new WebhookVerifier({ secrets, replayGuard: new MemoryReplayGuard() });

const app = express();

app.post('/webhooks/inbound', verifyWebhook(verifier), (request, response) => {
  console.log('Message:', request.body, 'of', request.webhook.claims.api_key);
  response.sendStatus(204);
});

app.all('/webhooks/sms', verifySmsCallback(verifier), (request, response) => {
  console.log('SMS:', request.smsCallback.params);
  response.sendStatus(204);
});

const server = app.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`Listening on http://127.0.0.1:${server.address().port}/webhooks/inbound`);
});
