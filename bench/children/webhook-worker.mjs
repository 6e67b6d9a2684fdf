// Verifies webhooks with a RedisReplayGuard: node webhook-worker.mjs PORT. On a message with a number, makes that many
// webhooks and sends `ready`. On the next message, verifies them and sends the nanoseconds of processor time that it took.
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { signatureSecret } from '../account.mjs';
import { runConcurrently } from '../concurrency.mjs';
import { inboundMessage, signToken, webhookWith } from '../signed-webhook.mjs';
import { nexmoAuth } from '../subject.mjs';

const { RedisReplayGuard, WebhookVerifier } = nexmoAuth;
const body = inboundMessage('x'.repeat(640));
const client = new Redis(Number(process.argv[2]), '127.0.0.1');
const replayGuard = new RedisReplayGuard(client);
const verifier = new WebhookVerifier({ secrets: signatureSecret, maxAge: 86_400, replayGuard });

for (;;) {
  const [count] = await once(process, 'message');
  const webhooks = Array.from({ length: count }, () =>
    webhookWith(signToken(body, randomUUID()), body),
  );
  const started = once(process, 'message');
  process.send('ready');
  await started;
  const before = process.cpuUsage();
  await runConcurrently(count, 64, () => verifier.verify(webhooks.pop()));
  const { user, system } = process.cpuUsage(before);
  process.send((user + system) * 1000);
}
