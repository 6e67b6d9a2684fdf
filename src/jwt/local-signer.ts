import { type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { NexmoAuthError } from '../errors';
import type { Claims } from './claims';
import { compactJws, signingInputOf } from './signing-input';

const signAsync = promisify(sign);

/** Signs a token with RS256 on the event loop. */
export function signSync(claims: Claims, privateKey: KeyObject): string {
  const input = signingInputOf(claims);
  try {
    return compactJws(input, sign('sha256', Buffer.from(input), privateKey));
  } catch {
    throw unusableKey();
  }
}

/** Signs the same token in the thread pool, so that the event loop stays free. */
export async function signInThreadPool(claims: Claims, privateKey: KeyObject): Promise<string> {
  const input = signingInputOf(claims);
  const signing = withSlot(() => signAsync('sha256', Buffer.from(input), privateKey));
  const signature = await signing.catch(() => {
    throw unusableKey();
  });
  return compactJws(input, signature);
}

function unusableKey(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_KEY_INVALID',
    'The private key cannot sign, because its numbers do not belong together (RFC 8017, section 3.2). Copy the whole key again.',
  );
}

/**
 * The maximum number of concurrent signatures in the thread pool. Without a limit, their results would reach the event
 * loop in large batches. With a lower limit, the thread pool would wait for the event loop (see bench/).
 */
const maxConcurrent = 12;

let running = 0;
/**
 * Calls that wait for a slot. New calls are pushed to `queue`. The next call is popped from `reversed`. When `reversed`
 * is empty, it gets all calls of `queue` in reverse order. (`shift` is slow for a large array.)
 */
let queue: (() => void)[] = [];
let reversed: (() => void)[] = [];

/** Runs a job when a slot is free, in the order of the calls. */
export async function withSlot<Value>(job: () => Promise<Value>): Promise<Value> {
  if (running < maxConcurrent) running += 1;
  else await new Promise<void>((resolve) => queue.push(resolve));
  try {
    return await job();
  } finally {
    const next = dequeue();
    if (next === undefined) running -= 1;
    else next();
  }
}

function dequeue(): (() => void) | undefined {
  if (reversed.length === 0) {
    reversed = queue.reverse();
    queue = [];
  }
  return reversed.pop();
}
