/**
 * How many signatures the thread pool has at once. With all that are wanted, it would hand their
 * results to the event loop in heaps; with fewer, it would wait for the event loop (see bench/).
 */
const maxConcurrent = 12;

let running = 0;
/** Filled at the end and emptied from a reversed copy: shifting an array takes longer the more it holds. */
let queue: (() => void)[] = [];
let reversed: (() => void)[] = [];

/** Runs a job in the thread pool once there is a free slot, in the order of the calls. */
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
