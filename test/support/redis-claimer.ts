/** A process that claims and confirms what its parent says, by the client and port of its arguments. */
import { RedisReplayGuard } from '../../src/webhooks/redis-replay-guard';
import { openClient } from './redis-clients';

export type ClaimerCommand = { claim: string[]; lease: number } | { confirm: string };

const [, , name, port] = process.argv;
const { client } = openClient[name as keyof typeof openClient](Number(port));
const guard = new RedisReplayGuard(client, { deadline: 20 });

/** Gives what became of each claim. */
async function follow(order: ClaimerCommand): Promise<string[]> {
  if ('claim' in order) return Promise.all(order.claim.map((id) => guard.claim(id, order.lease)));
  await guard.confirm(order.confirm, 60);
  return [];
}

process.on('message', (order: ClaimerCommand) => {
  void follow(order).then((states) => process.send?.(states));
});
process.on('disconnect', () => process.exit());
