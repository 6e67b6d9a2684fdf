import { NexmoAuthError } from '../errors';
import { requireObject } from '../options';
import type { Credentials } from './credentials';
import type { CredentialsProvider } from './providers';
import { credentialsFromSettings, type SettableField } from './settings';

const prefixes = ['VONAGE', 'NEXMO'];

/** A later row for the same field wins: the path of a key over its text. */
const variables: readonly (readonly [name: string, field: SettableField])[] = [
  ['API_KEY', 'apiKey'],
  ['API_SECRET', 'apiSecret'],
  ['APPLICATION_ID', 'applicationId'],
  ['PRIVATE_KEY', 'privateKey'],
  ['PRIVATE_KEY_PATH', 'privateKey'],
  ['SIGNATURE_SECRET', 'signatureSecret'],
  ['SIGNATURE_METHOD', 'signatureMethod'],
];

/**
 * Reads credentials from the environment variables of the Vonage SDKs: `VONAGE_API_KEY`,
 * `VONAGE_API_SECRET`, `VONAGE_APPLICATION_ID`, `VONAGE_PRIVATE_KEY`, `VONAGE_PRIVATE_KEY_PATH`
 * (which takes precedence over `VONAGE_PRIVATE_KEY`), `VONAGE_SIGNATURE_SECRET` and
 * `VONAGE_SIGNATURE_METHOD`, or the same with the prefix `NEXMO_`. The variables are read at every call; an
 * empty one counts as not set. A leading `~/` in a path is the home directory. A relative path is resolved
 * against the working directory.
 *
 * One variable is enough. Does not check whether the secret belongs to the key. Warns with
 * `process.emitWarning` and the code `NEXMO_AUTH_FILE_MODE` if other users can access a key file.
 *
 * @param env - `process.env` by default
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; when called, `ERR_CREDENTIALS_NOT_FOUND`,
 * `ERR_CREDENTIALS_CONFLICT`, and every code of `Credentials`, with the variable in the message
 */
export function fromEnv(env?: Readonly<Record<string, string | undefined>>): CredentialsProvider {
  if (env !== undefined) requireObject(env, 'The environment');
  return async () => Promise.resolve(readVariables(env ?? process.env));
}

function readVariables(env: Readonly<Record<string, string | undefined>>): Credentials {
  const credentials = credentialsFromSettings(
    variables.map(([name, field]) => [
      field,
      prefixes.map((prefix) => {
        const origin = `${prefix}_${name}`;
        return { origin, value: env[origin] };
      }),
    ]),
  );
  if (credentials !== undefined) return credentials;
  throw new NexmoAuthError(
    'ERR_CREDENTIALS_NOT_FOUND',
    `None of the variables VONAGE_${variables.map(([name]) => name).join(', VONAGE_')} is set, with this prefix or with NEXMO_.`,
  );
}
