import { MemoryReplayGuard } from '../../src';
import { rejection } from '../support/errors';

test('the guard has room for 100,000 callbacks by default', async () => {
  const guard = new MemoryReplayGuard();
  for (let id = 0; id < 100_000; id += 1) await guard.claim(String(id), 60);
  expect((await rejection(guard.claim('more', 60))).code).toBe('ERR_REPLAY_GUARD_UNAVAILABLE');
});
