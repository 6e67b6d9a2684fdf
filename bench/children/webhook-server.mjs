// An Express server that accepts webhooks: node webhook-server.mjs KIND. Sends its port to the parent process, and on
// each message the nanoseconds of processor time that it has used.
import { createRequire } from 'node:module';
import express from 'express';
import { signatureSecret } from '../account.mjs';
import { hmac, sha256 } from '../signed-webhook.mjs';
import { nexmoAuth } from '../subject.mjs';

const { verifyWebhook } = createRequire(import.meta.url)('../../dist/frameworks/express.js');
const { MemoryReplayGuard, WebhookVerifier } = nexmoAuth;

/** What must be done for any signed webhook: read the body, one HMAC, one SHA-256, one JSON.parse. */
function byHand(request, response, next) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const [header, claims, signature] = request.headers.authorization.slice(7).split('.');
    if (!hmac(`${header}.${claims}`).equals(Buffer.from(signature, 'base64url'))) {
      response.sendStatus(401);
      return;
    }
    request.hash = sha256(body).toString('hex');
    request.body = JSON.parse(body);
    next();
  });
}

const options = { secrets: signatureSecret, maxAge: 86_400 };
const kinds = {
  floor: () => byHand,
  verify: () => verifyWebhook(new WebhookVerifier(options)),
  guard: () => {
    const replayGuard = new MemoryReplayGuard({ maxEntries: Number.MAX_SAFE_INTEGER });
    return verifyWebhook(new WebhookVerifier({ ...options, replayGuard }));
  },
};

const app = express();
app.post('/webhooks/inbound', kinds[process.argv[2]](), (_request, response) => {
  response.sendStatus(200);
});
const server = app.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send((user + system) * 1000);
});
