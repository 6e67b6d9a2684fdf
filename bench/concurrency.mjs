/** Runs a task `times` times, with at most `concurrency` runs in flight. */
export async function runConcurrently(times, concurrency, task) {
  let remaining = times;
  const worker = async () => {
    while (remaining > 0) {
      remaining -= 1;
      await task();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
