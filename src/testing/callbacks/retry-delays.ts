/**
 * The seconds before each attempt: 0 before the first, then 5, doubled up to 15 minutes, until 24 hours
 * have passed (support article 360028543292).
 */
export const retryDelays: readonly number[] = [0, ...delaysWithin(86_400)];

function* delaysWithin(seconds: number): Generator<number> {
  let delay = 5;
  for (let elapsed = delay; elapsed <= seconds; elapsed += delay) {
    yield delay;
    delay = Math.min(delay * 2, 900);
  }
}
