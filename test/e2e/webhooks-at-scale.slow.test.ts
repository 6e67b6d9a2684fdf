import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { signWebhook, type SignedCallback } from '../../src/testing';
import { held } from '../support/account';

const total = 200_000;
const inFlight = 64;
const secret = randomBytes(16).toString('hex');

let server: ChildProcess;
let port: number;
const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
beforeAll(async () => {
  server = fork(join(__dirname, '../support/express-server.mjs'), {
    env: { ...process.env, NEXMO_SIGNATURE_SECRET: secret },
  });
  [{ port }] = (await once(server, 'message')) as [{ port: number }];
});
afterAll(() => {
  agent.destroy();
  server.kill();
});

type Answer = { status: number; body: string };

function send({ method, url, headers, rawBody }: SignedCallback): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, port, method, path: url, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('end', () => {
        resolve({ status: Number(response.statusCode), body });
      });
    });
    sent.on('error', reject);
    sent.end(rawBody);
  });
}

function newWebhook(signingSecret = secret): SignedCallback {
  return signWebhook({
    secret: signingSecret,
    apiKey: held.apiKey,
    url: '/webhooks/inbound',
    body: { message_uuid: randomUUID(), text: 'Hello from Vonage' },
  });
}

const changeToken = (callback: SignedCallback, change: (token: string) => string) => ({
  ...callback,
  headers: {
    ...callback.headers,
    authorization: change(String(callback.headers['authorization'])),
  },
});

/** Ways to tamper with a webhook, or to forge one without the secret. */
const tamperings: (() => SignedCallback)[] = [
  () => ({ ...newWebhook(), rawBody: newWebhook().rawBody }),
  () => {
    const callback = newWebhook();
    callback.rawBody[20] = Number(callback.rawBody[20]) ^ 1;
    return callback;
  },
  () => newWebhook('another secret'),
  () => changeToken(newWebhook(), (token) => token.replace(/\.[^.]*$/, () => '.AAAA')),
  () => {
    const [, , signature] = String(newWebhook().headers['authorization']).split('.');
    return changeToken(newWebhook(), (token) => token.replace(/[^.]*$/, String(signature)));
  },
];

function tamperedWebhook(index: number): SignedCallback {
  const [tamper = newWebhook] = tamperings.slice(Math.floor(index / 10) % tamperings.length);
  return tamper();
}

/** Sends one webhook. Of ten, one is a copy of a handled webhook, one is tampered with, and the others are new. */
async function deliverOne(index: number, handled: SignedCallback[]): Promise<string> {
  const kind = index % 10;
  if (kind === 4) {
    const copy = handled[(index * 7919) % handled.length] ?? newWebhook();
    const { status, body } = await send(copy);
    return `copy: ${status} ${body.includes('handled') ? 'handled' : 'not handled'}`;
  }
  if (kind === 9) {
    const { status } = await send(tamperedWebhook(index));
    return `tampered: ${status}`;
  }
  const callback = newWebhook();
  const { status, body } = await send(callback);
  const { message_uuid: id } = JSON.parse(callback.rawBody.toString()) as { message_uuid: string };
  if (handled.length < 10_000) handled.push(callback);
  return `new: ${status} ${body === JSON.stringify({ handled: id }) ? 'handled' : 'not handled'}`;
}

test(`of ${total} webhooks, an Express server accepts exactly the genuine ones, each once`, async () => {
  const outcomes = new Map<string, number>();
  const first = newWebhook();
  expect(await send(first)).toMatchObject({ status: 200 });
  const handled = [first];
  let next = 0;
  const client = async () => {
    while (next < total) {
      const outcome = await deliverOne(next++, handled);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, client));

  const expected = {
    'copy: 200 not handled': total / 10,
    'tampered: 401': total / 10,
    'new: 200 handled': (total * 8) / 10,
  };
  expect(Object.fromEntries(outcomes)).toEqual(expected);
  server.send('report');
  expect(await once(server, 'message')).toEqual([
    { handled: (total * 8) / 10 + 1, twice: 0 },
    undefined,
  ]);
}, 900_000);
