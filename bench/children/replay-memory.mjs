// The memory of a full replay guard, in a process of its own. Needs --expose-gc.
import { createHash } from 'node:crypto';
import { nexmoAuth } from '../subject.mjs';

const guard = new nexmoAuth.MemoryReplayGuard();
const before = memoryUsed();
for (let index = 0; index < 100_000; index += 1) {
  const id = createHash('sha256').update(String(index)).digest('base64url');
  await guard.claim(id, 60);
  await guard.confirm(id, 311);
}
process.send(memoryUsed() - before);
// Keeps the guard alive until here.
await guard.release('');

function memoryUsed() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
