import type { CommandRow } from './command-row';
import { applicationOptions } from './credential-options';
import { supportCommands } from './support-commands';

/** What the groups of commands are about. */
export const groups: Readonly<Record<string, string>> = {
  jwt: 'create, decode and verify application tokens',
};

/** The commands, in the order of `--help`. */
export const commands: readonly CommandRow[] = [
  {
    name: 'jwt create',
    summary: 'create an application token and print it',
    options: [...applicationOptions],
    examples: [['nexmo-auth jwt create --ttl 1h', 'a token for one hour']],
    load: () => import('./commands/jwt-create.ts').then(({ jwtCreate }) => jwtCreate),
  },
  ...supportCommands,
];
