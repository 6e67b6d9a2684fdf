// An Express server as a user writes it, in a process of its own. It counts the callbacks that reach its handler.
// The text of a message can make the handler fail once. If the variable DIES is set, the handler kills the process.
import express from 'express';
import { Redis } from 'ioredis';
import { MemoryReplayGuard, RedisReplayGuard, WebhookVerifier } from 'nexmo-auth';
import { verifyWebhook } from 'nexmo-auth/express';

const { DIES, REDIS_PORT, NEXMO_SIGNATURE_SECRET } = process.env;
const verifier = new WebhookVerifier({
  secrets: NEXMO_SIGNATURE_SECRET,
  lease: 2,
  replayGuard: REDIS_PORT
    ? new RedisReplayGuard(new Redis(REDIS_PORT))
    : new MemoryReplayGuard({ maxEntries: 300_000 }),
});
const handled = new Map();

const app = express();
app.post('/webhooks/inbound', verifyWebhook(verifier), (request, response) => {
  const { jti } = request.webhook.claims;
  const { message_uuid: id, text } = request.body;
  const times = (handled.get(jti) ?? 0) + 1;
  handled.set(jti, times);
  if (DIES) process.kill(process.pid, 'SIGKILL');
  else if (text === 'fail once' && times === 1) response.sendStatus(500);
  else if (text === 'throw once' && times === 1) throw new Error('no such number');
  else response.json({ handled: id });
});
const server = app.listen(0, '127.0.0.1', () => {
  process.send({ port: server.address().port });
});

process.on('message', () => {
  const times = [...handled.values()];
  process.send({ handled: handled.size, twice: times.filter((count) => count > 1).length });
});
