// Injects for many tenants: node --expose-gc inject-tenants.mjs COUNT. Sends the bytes of heap for each tenant, and the
// nanoseconds of a request.
import { apiSecret } from '../account.mjs';
import { median } from '../series.mjs';
import { nexmoAuth } from '../subject.mjs';

const { AuthInjector, Credentials } = nexmoAuth;
const count = Number(process.argv[2]);
const request = {
  url: 'https://rest.nexmo.com/sms/json',
  params: { from: 'Nexmo', to: '447700900000', text: 'Hello' },
};
const createTenant = (_, index) =>
  new AuthInjector(
    new Credentials({ apiKey: index.toString(16).padStart(8, '0'), apiSecret: apiSecret + index }),
  );

const warmUp = Array.from({ length: 100 }, createTenant);
for (let round = 0; round < 200; round += 1) for (const auth of warmUp) await auth.inject(request);
const before = heapUsed();
const tenants = Array.from({ length: count }, createTenant);
for (const auth of tenants) await auth.inject(request);
const used = heapUsed() - before;

const series = [];
for (let round = 0; round < 21; round += 1) series.push(await measure(10_000));
process.send({ used: used / count, request: median(series) }, () => process.exit());

/** Jumps between the tenants: neighbours would be in the processor's cache. */
async function measure(requests) {
  const start = performance.now();
  for (let each = 0; each < requests; each += 1) {
    await tenants[(each * 7919) % count].inject(request);
  }
  return ((performance.now() - start) * 1e6) / requests;
}

function heapUsed() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
