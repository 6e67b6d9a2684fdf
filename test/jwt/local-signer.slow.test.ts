import { withSlot } from '../../src/jwt/local-signer';

test('the time of a job does not grow with the number of waiting jobs', async () => {
  const job = () => Promise.resolve();
  const time = async (count: number) => {
    const start = performance.now();
    await Promise.all(Array.from({ length: count }, () => withSlot(job)));
    return performance.now() - start;
  };
  const few = Math.min(await time(32_768), await time(32_768), await time(32_768));
  // 8 times as many jobs take 8 times as long if the time is linear, and 64 times as long if it is quadratic.
  expect((await time(262_144)) / few).toBeLessThan(32);
});
