/** Runs the case that the argument names, and sends its parent what remains in memory. Needs --expose-gc. */
import { createHash, randomUUID } from 'node:crypto';
import { getHeapSnapshot } from 'node:v8';
import axios from 'axios';
import {
  attachAuth,
  AuthInjector,
  createAuthFetch,
  Credentials,
  JwtGenerator,
  MemoryReplayGuard,
} from '../../src';
import { applicationId, held } from './account';

const million = 1_000_000;
const auth = new AuthInjector(new Credentials(held));

/** A flat string that differs for each index. */
const longText = (index: number) => Buffer.alloc(million, `${index} `).toString();

/** A slice of a text of 1 MB, as an ID or a URL cut from a response is. The slice keeps the whole text alive. */
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
  /** Whether a heap snapshot contains a password that is kept, and the password of refused requests. */
  async password() {
    const password = (name: string) => createHash('sha256').update(name).digest('hex');
    const kept = [password('kept')];
    await refusePassword(password('refused'));
    await collect();
    const chunks: Buffer[] = [];
    for await (const chunk of getHeapSnapshot()) chunks.push(chunk as Buffer);
    const snapshot = Buffer.concat(chunks);
    return [String(kept[0]), password('refused')].map((text) => snapshot.includes(text));
  },
};

async function refusePassword(password: string): Promise<void> {
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
