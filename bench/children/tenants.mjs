// The heap of many tenants, in a process with nothing else in memory. Needs --expose-gc.
import { createPrivateKey } from 'node:crypto';
import { applicationId, privateKey } from '../account.mjs';
import { runConcurrently } from '../concurrency.mjs';
import { nexmoAuth } from '../subject.mjs';

const [measure, count] = [process.argv[2], Number(process.argv[3])];
const { Credentials, JwtGenerator } = nexmoAuth;

// Filled before the measurement, so that the memory of compiled code is not counted.
const warmUp = [];

const measures = { keys, tenants };
process.send(await measures[measure]());

/** The parsed keys alone. Every tenant parses its own, although it is the same key here. */
async function keys() {
  const key = () => createPrivateKey(privateKey);
  warmUp.push(...Array.from({ length: 300 }, key));
  warmUp.length = 0;
  const before = heapUsed();
  const parsed = Array.from({ length: count }, key);
  const used = heapUsed() - before;
  parsed.length = 0;
  return { used };
}

/** In each round all tokens expire and are renewed, and one tenant in ten is replaced. */
async function tenants() {
  let now = Date.now();
  const tenant = async () => {
    const credentials = new Credentials({ applicationId, privateKey });
    const jwt = new JwtGenerator(credentials, { now: () => now });
    await jwt.token();
    return jwt;
  };
  const fill = (list, size) => runConcurrently(size, 64, async () => list.push(await tenant()));
  const renew = async (list, round) => {
    now += 3_600_000;
    const indices = list.keys();
    await runConcurrently(list.length, 64, async () => {
      const { value: index } = indices.next();
      if (index % 10 === round) list[index] = await tenant();
      else await list[index].token();
    });
  };

  await fill(warmUp, 300);
  for (let round = 0; round < 10; round += 1) await renew(warmUp, round);
  warmUp.length = 0;

  const before = heapUsed();
  const list = [];
  await fill(list, count);
  const used = heapUsed() - before;
  const rounds = [];
  for (let round = 0; round < 10; round += 1) {
    await renew(list, round);
    rounds.push(heapUsed() - before);
  }
  return { used, rounds };
}

function heapUsed() {
  // Finalizers that run after the first collection free memory for the second.
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
