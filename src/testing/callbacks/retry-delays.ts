/**
 * The delay before each attempt, in seconds (support article 360028543292). The delay is 0 before the first attempt and
 * 5 before the second. The delay then doubles each time, up to 15 minutes. Attempts end after 24 hours.
 */
export const retryDelays: readonly number[] = [0, ...delaysWithin(86_400)];

function* delaysWithin(seconds: number): Generator<number> {
  let delay = 5;
  for (let elapsed = delay; elapsed <= seconds; elapsed += delay) {
    yield delay;
    delay = Math.min(delay * 2, 900);
  }
}
