import { JwtGenerator, type JwtOptions } from '../../index';
import { usageError } from '../cli-error';
import type { CommandContext } from '../context';
import { requireCredentials } from '../find-credentials';
import { parseJsonOrText } from '../parse-values';
import { printToken } from './jwt-create';

export type JwtGenerateOptions = { key: string; claims: string[] };

/** The claims for which `JwtOptions` has an option. (nexmo-cli 0.4 passed all claims to its signer in one object.) */
const optionNames: readonly string[] = ['exp', 'iat', 'nbf', 'jti', 'sub', 'acl'];

/**
 * The claims whose values are parsed as JSON. nexmo-cli 0.4 parsed only `acl` and `exp`. Its signer then refused every
 * `iat` and `nbf`, because their values were text.
 */
const parsedNames: readonly string[] = ['acl', 'exp', 'iat', 'nbf'];

/**
 * The command `jwt:generate` of nexmo-cli 0.4. Each claim has the form `name=value`, with exactly one `=`. The values
 * of `acl`, `exp`, `iat` and `nbf` are parsed as JSON. Every other value is text. The default `exp` is 15 minutes after
 * `iat`, because the platform accepts a token without `exp` for 15 minutes.
 */
export async function jwtGenerate(
  { key, claims }: JwtGenerateOptions,
  io: CommandContext,
): Promise<void> {
  const { application_id: appId, ...others } = Object.fromEntries(claims.map(parseClaim));
  const flags = { privateKey: key, ...(typeof appId === 'string' && { appId }) };
  const credentials = await requireCredentials(flags, io, ['applicationId', 'privateKey']);
  const entries = Object.entries(others);
  const options = {
    ...Object.fromEntries(entries.filter(([name]) => optionNames.includes(name))),
    claims: Object.fromEntries(entries.filter(([name]) => !optionNames.includes(name))),
  } as JwtOptions;
  printToken(new JwtGenerator(credentials, { now: io.now }).generate(options), {}, io);
}

function parseClaim(claim: string): [string, unknown] {
  const [name, value, ...rest] = claim.split('=') as [string, ...string[]];
  if (name === '' || value === undefined || rest.length > 0) {
    throw usageError('Every claim must have the form name=value, with one equals sign.');
  }
  return [name, parsedNames.includes(name) ? parseJsonOrText(value) : value];
}
