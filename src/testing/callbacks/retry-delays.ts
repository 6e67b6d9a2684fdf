/**
 * The seconds before each attempt (support article 360028543292). There are 0 before the first attempt and 5 before the
 * second. They then double up to 15 minutes, until 24 hours have passed.
 */
export const retryDelays: readonly number[] = [0, ...delaysWithin(86_400)];

function* delaysWithin(seconds: number): Generator<number> {
  let delay = 5;
  for (let elapsed = delay; elapsed <= seconds; elapsed += delay) {
    yield delay;
    delay = Math.min(delay * 2, 900);
  }
}
