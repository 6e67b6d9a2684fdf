/** Claims and confirms the IDs that its parent sends. Arguments: the name of the Redis client, and the port. */
import { RedisReplayGuard } from '../../src/webhooks/redis-replay-guard';
import { openClient } from './redis-clients';

export type ClaimerCommand = { claim: string[]; lease: number } | { confirm: string };

const [, , name, port] = process.argv;
const { client } = openClient[name as keyof typeof openClient](Number(port));
const guard = new RedisReplayGuard(client, { deadline: 20 });

/** Resolves to the state of each claim. */
async function execute(command: ClaimerCommand): Promise<string[]> {
  if ('claim' in command)
    return Promise.all(command.claim.map((id) => guard.claim(id, command.lease)));
  await guard.confirm(command.confirm, 60);
  return [];
}

process.on('message', (command: ClaimerCommand) => {
  void execute(command).then((states) => process.send?.(states));
});
process.on('disconnect', () => process.exit());
