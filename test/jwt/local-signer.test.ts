import { withSlot } from '../../src/jwt/local-signer';

test('12 jobs run at once, and those that wait begin in the order of the calls', async () => {
  const begun: number[] = [];
  const finish: (() => void)[] = [];
  const jobs = Array.from({ length: 40 }, (_, index) =>
    withSlot(() => {
      begun.push(index);
      return new Promise<void>((resolve) => finish.push(resolve));
    }),
  );
  for (let done = 0; done < jobs.length; done += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toEqual(Array.from({ length: Math.min(12 + done, 40) }, (_, index) => index));
    finish[done]?.();
  }
  await Promise.all(jobs);
});

test('a job that fails frees its slot', async () => {
  const fail = () => Promise.reject(new Error('failed'));
  const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => withSlot(fail)));
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  expect(await withSlot(() => Promise.resolve('done'))).toBe('done');
});
