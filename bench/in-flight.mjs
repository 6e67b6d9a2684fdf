/** Runs a task so often, with so many at the same time. */
export async function inFlight(times, width, task) {
  let left = times;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await task();
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}
