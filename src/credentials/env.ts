import { NexmoAuthError } from '../errors';
import { requireObject } from '../options';
import type { Credentials } from './credentials';
import type { CredentialsProvider } from './providers';
import { credentialsFromSettings, type SettableField } from './settings';

const prefixes = ['VONAGE', 'NEXMO'];

/** The path of a key stands below its text, and so wins. */
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
 * Credentials from environment variables, as the Vonage SDKs name them: `VONAGE_API_KEY`,
 * `VONAGE_API_SECRET`, `VONAGE_APPLICATION_ID`, `VONAGE_PRIVATE_KEY`, `VONAGE_PRIVATE_KEY_PATH`
 * (which wins over the former), `VONAGE_SIGNATURE_SECRET`, `VONAGE_SIGNATURE_METHOD`, and each with
 * `NEXMO_` for `VONAGE_`. They are read at every call; an empty one counts as not set. `~/` in a
 * path is the home folder, and a relative path starts at the working folder.
 *
 * Any one of them is enough to have found credentials: whether a secret belongs to the key is not
 * checked. A key file that is open to others is reported by `process.emitWarning`, with the code
 * `NEXMO_AUTH_FILE_MODE`.
 *
 * @param env - `process.env` by default
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; when called, `ERR_CREDENTIALS_NOT_FOUND`,
 * `ERR_CREDENTIALS_CONFLICT`, and what `Credentials` throws, with the variable named
 */
export function fromEnv(env?: Readonly<Record<string, string | undefined>>): CredentialsProvider {
  if (env !== undefined) requireObject(env, 'The environment');
  return async () => Promise.resolve(readFrom(env ?? process.env));
}

function readFrom(env: Readonly<Record<string, string | undefined>>): Credentials {
  const credentials = credentialsFromSettings(
    variables.map(([name, field]) => [
      field,
      prefixes.map((prefix) => {
        const place = `${prefix}_${name}`;
        return { place, value: env[place] };
      }),
    ]),
  );
  if (credentials !== undefined) return credentials;
  throw new NexmoAuthError(
    'ERR_CREDENTIALS_NOT_FOUND',
    `None of the variables VONAGE_${variables.map(([name]) => name).join(', VONAGE_')} is set, nor any of them with NEXMO_.`,
  );
}
