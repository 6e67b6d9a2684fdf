/** Runs the case that the argument names, and sends its parent what remains in memory. Needs --expose-gc. */
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getHeapSnapshot } from 'node:v8';
import axios from 'axios';
import {
  attachAuth,
  AuthInjector,
  createAuthFetch,
  Credentials,
  JwtGenerator,
  MemoryReplayGuard,
  NexmoAuthError,
  type Product,
} from '../../src';
import { applicationId, held } from './account';

const million = 1_000_000;
const auth = new AuthInjector(new Credentials(held));

/** A flat string that differs for each index. */
const longText = (index: number) => Buffer.alloc(million, `${index} `).toString();

/** A slice of a text of 1 MB, like an ID or a URL that was cut from a response. It keeps the whole text alive. */
const endOf = (index: number, end: string) => `${longText(index)}${end}`.slice(million);

const cases = {
  async tokens() {
    const signer = () => new Uint8Array(256);
    const jwt = new JwtGenerator(new Credentials({ applicationId }), { signer });
    return measureGrowth(async () => {
      for (let index = 0; index < 300; index += 1) {
        await jwt.token({ sub: longText(index).slice(0, 200_000) });
      }
    });
  },
  dataUrls: () =>
    measureGrowth(() => {
      for (let index = 0; index < 200; index += 1) auth.productAt(`data:,${longText(index)}`);
    }),
  longUrls: () =>
    measureGrowth(() => {
      for (let index = 0; index < 200; index += 1) {
        auth.productAt(`https://rest.nexmo.com/sms/${longText(index)}`);
      }
    }),
  cutUrls: () =>
    measureGrowth(() => {
      for (let index = 0; index < 200; index += 1) {
        auth.productAt(endOf(index, `https://api.nexmo.com/v1/calls/${randomUUID()}`));
      }
    }),
  async cutIds() {
    const guard = new MemoryReplayGuard();
    const bytes = await measureGrowth(async () => {
      for (let index = 0; index < 200; index += 1) {
        await guard.claim(endOf(index, randomUUID()), 60);
        await guard.claim(endOf(index, randomUUID()), 60);
      }
    });
    await guard.release('keeps the guard alive');
    return bytes;
  },
  async longestIds() {
    const guard = new MemoryReplayGuard();
    const bytes = await measureGrowth(async () => {
      for (let index = 0; index < 100_000; index += 1) {
        const id = String(index).padEnd(256, '\u2713');
        await guard.claim(id, 60);
        await guard.confirm(id, 300);
      }
    });
    await guard.release('keeps the guard alive');
    return bytes;
  },
  passphrase: () => keptAndDropped(decryptionErrors),
  refusedFetch: () => keptAndDropped(refusals),
  password: () => keptAndDropped(refusePassword),
  /** Whether a wrapper of the global `fetch` has sent a credential, and whether a heap snapshot contains it. */
  async wrappedFetch() {
    const secret = () => createHash('sha256').update('wrapped').digest('hex').slice(0, 25);
    const isSent = await sendWithWrapper(secret());
    const snapshot = await heapSnapshot();
    const basic = Buffer.from(`${held.apiKey}:${secret()}`).toString('base64');
    return [isSent, snapshot.includes(basic)];
  },
};

/**
 * Whether a heap snapshot contains a secret that is kept, and whether it contains a secret that only `use` got. The
 * errors that `use` returns stay in memory.
 */
async function keptAndDropped(
  use: (secret: string) => unknown[] | Promise<unknown[]>,
): Promise<[kept: boolean, dropped: boolean]> {
  const secret = (name: string) => createHash('sha256').update(name).digest('hex');
  const kept = [secret('kept')];
  const errors = await use(secret('dropped'));
  const snapshot = await heapSnapshot();
  if (!errors.every((error) => error instanceof NexmoAuthError)) throw new Error('Not refused.');
  return [snapshot.includes(String(kept[0])), snapshot.includes(secret('dropped'))];
}

async function heapSnapshot(): Promise<Buffer> {
  await collect();
  const chunks: Buffer[] = [];
  for await (const chunk of getHeapSnapshot()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Sends a request by a wrapper of the global `fetch`. Returns whether the server got the credential. */
async function sendWithWrapper(apiSecret: string): Promise<boolean> {
  let isSent = false;
  const server = createServer((request, response) => {
    isSent ||= request.headers.authorization !== undefined;
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const products: Product[] = [{ name: 'own', urls: [origin], schemes: ['basic'] }];
  const own = new AuthInjector(new Credentials({ ...held, apiSecret }), { products });
  const authFetch = createAuthFetch(own);
  const { fetch } = globalThis;
  globalThis.fetch = (...call) => fetch(...call);
  await (await authFetch(origin)).text();
  globalThis.fetch = fetch;
  // Later requests on the same connection have no credential.
  for (let count = 0; count < 3; count += 1) await (await fetch(origin)).text();
  server.closeAllConnections();
  server.close();
  return isSent;
}

/** Errors of decryptions that failed. Their stacks are not read. No function here closes over the passphrase. */
function decryptionErrors(passphrase: string): unknown[] {
  const errors: unknown[] = [];
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    const { privateKey: pem } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' },
    });
    for (const privateKey of [pem, [pem, pem] as const]) {
      try {
        errors.push(new Credentials({ privateKey, passphrase }));
      } catch (error) {
        errors.push(error);
      }
    }
  }
  return errors;
}

/** Errors of refused requests. Their stacks are not read. No function here closes over the secret. */
async function refusals(secret: string): Promise<unknown[]> {
  const authFetch = createAuthFetch(auth);
  const url = 'https://rest.nexmo.com/sms/json';
  const headers = { authorization: `Bearer ${secret}` };
  const body = new URLSearchParams({ api_secret: secret });
  const outcomes = await Promise.allSettled([
    authFetch(url.replace('rest.', `user:${secret}@rest.`)),
    authFetch(`${url}?api_secret=${secret}`),
    authFetch(url, { method: 'POST', body }),
    authFetch(url, { headers }),
    authFetch(url, { headers: { host: `${secret}.test` } }),
  ]);
  return outcomes.map((outcome): unknown =>
    outcome.status === 'rejected' ? outcome.reason : outcome,
  );
}

/** Refused requests, whose errors are dropped. */
async function refusePassword(password: string): Promise<never[]> {
  const client = axios.create();
  attachAuth(client, auth);
  const authFetch = createAuthFetch(auth);
  for (const host of ['rest.nexmo.com/sms/json', 'localhost:9/']) {
    const url = `https://user:${password}@${host}`;
    const senders = [() => auth.inject({ url }), () => authFetch(url), () => client.get(url)];
    for (const send of senders) {
      const outcome = await send().then(
        () => 'sent',
        () => 'refused',
      );
      if (outcome === 'sent') throw new Error('The request was not refused.');
    }
  }
  return [];
}

/** Growth in bytes of the JavaScript heap and of external memory. */
async function measureGrowth(run: () => Promise<void> | void): Promise<number> {
  const before = await collect();
  await run();
  return (await collect()) - before;
}

async function collect(): Promise<number> {
  // Finalizers that run after one collection free memory for the next.
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export type HeapCase = keyof typeof cases;

void cases[process.argv[2] as HeapCase]().then((result) => {
  process.send?.(result);
});
