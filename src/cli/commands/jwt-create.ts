import { JwtGenerator } from '../../index';
import type { CommandContext } from '../context';
import type { CredentialFlags } from '../credential-options';
import { requireCredentials } from '../find-credentials';
import { print } from '../output';

/** Creates an application token. */
export async function jwtCreate(options: CredentialFlags, io: CommandContext): Promise<void> {
  const credentials = await requireCredentials(options, io, ['applicationId', 'privateKey']);
  print(io, new JwtGenerator(credentials).generate());
}
