import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { runConcurrently } from '../concurrency.mjs';
import { runInterleaved } from '../interleave.mjs';
import { atLeast, row } from '../row.mjs';
import { ratio, seriesOf } from '../series.mjs';
import { inboundMessage, signToken } from '../signed-webhook.mjs';
import { perSecond, time } from '../units.mjs';

export const title = 'Webhooks in Express';
export const meaning =
  'What `verifyWebhook` costs in front of a handler: how many webhooks per second a server can take with it and without it.';
export const note =
  'Webhooks of 1 KiB of JSON to `verifyWebhook` of `nexmo-auth/express`, in a process of its own, 16 in flight over keep-alive connections. The floor is an Express middleware that reads the raw body and makes one HMAC, one SHA-256 and one `JSON.parse`.';

const inFlight = 16;
const body = inboundMessage('x'.repeat(640));

export async function run({ requests, rounds }) {
  const servers = Object.fromEntries(
    ['floor', 'verify', 'guard'].map((kind) => [kind, start(kind)]),
  );
  try {
    for (const server of Object.values(servers))
      [server.port] = await once(server.process, 'message');
    const measured = await runInterleaved(servers, rounds, (server) => measure(server, requests));
    const [rate, effort] = ['rate', 'effort'].map((figure) => seriesOf(measured, figure));
    return [
      ['verify', 'no guard', 0.85],
      ['guard', 'with a `MemoryReplayGuard`', 0.8],
    ].flatMap(([kind, what, share]) => [
      row({
        ...{ what, unit: perSecond, measured: rate[kind], floor: rate.floor },
        target: atLeast(share, ratio(rate[kind], rate.floor), ' × the floor'),
      }),
      row({
        ...{ what: `${what}, processor time of the server`, unit: time },
        ...{ measured: effort[kind], floor: effort.floor },
      }),
    ]);
  } finally {
    for (const { process } of Object.values(servers)) process.kill();
  }
}

function start(kind) {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  return {
    agent,
    process: fork(new URL('../children/webhook-server.mjs', import.meta.url), [kind]),
  };
}

/** Sends webhooks, each with its own ID. Returns the rate, and the server's processor time per webhook in nanoseconds. */
async function measure({ agent, port, process }, requests) {
  const before = await processorTime(process);
  const start = performance.now();
  await runConcurrently(requests, inFlight, () => post(agent, port));
  const seconds = (performance.now() - start) / 1000;
  const after = await processorTime(process);
  return { rate: requests / seconds, effort: (after - before) / requests };
}

async function processorTime(process) {
  process.send('processor time');
  const [nanoseconds] = await once(process, 'message');
  return nanoseconds;
}

function post(agent, port) {
  const headers = {
    authorization: `Bearer ${signToken(body, randomUUID())}`,
    'content-type': 'application/json',
    'content-length': body.length,
  };
  const options = {
    agent,
    port,
    headers,
    host: '127.0.0.1',
    method: 'POST',
    path: '/webhooks/inbound',
  };
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`A webhook was answered with ${response.statusCode}.`));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
