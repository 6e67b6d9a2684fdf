// The heap of many tenants, in a process of its own that holds nothing else. Needs --expose-gc.
import { createPrivateKey } from 'node:crypto';
import { applicationId, privateKey } from '../account.mjs';
import { inFlight } from '../in-flight.mjs';
import { nexmoAuth } from '../subject.mjs';

const [what, count] = [process.argv[2], Number(process.argv[3])];
const { Credentials, JwtGenerator } = nexmoAuth;

// Used before anything is counted, so that compiled code is not counted with it.
const warmUp = [];

const measures = { keys, tenants };
process.send(await measures[what]());

/** What the parsed keys alone take: every tenant has its own, though it is the same one here. */
async function keys() {
  const key = () => createPrivateKey(privateKey);
  warmUp.push(...Array.from({ length: 300 }, key));
  warmUp.length = 0;
  const before = heapUsed();
  const held = Array.from({ length: count }, key);
  const used = heapUsed() - before;
  held.length = 0;
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
  const fill = (held, size) => inFlight(size, 64, async () => held.push(await tenant()));
  const renew = async (held, round) => {
    now += 3_600_000;
    const indices = held.keys();
    await inFlight(held.length, 64, async () => {
      const { value: index } = indices.next();
      if (index % 10 === round) held[index] = await tenant();
      else await held[index].token();
    });
  };

  await fill(warmUp, 300);
  for (let round = 0; round < 10; round += 1) await renew(warmUp, round);
  warmUp.length = 0;

  const before = heapUsed();
  const held = [];
  await fill(held, count);
  const used = heapUsed() - before;
  const rounds = [];
  for (let round = 0; round < 10; round += 1) {
    await renew(held, round);
    rounds.push(heapUsed() - before);
  }
  return { used, rounds };
}

function heapUsed() {
  // Finalizers of the first collection free what the second one can take.
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
