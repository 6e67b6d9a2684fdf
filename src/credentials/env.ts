import { NexmoAuthError } from '../errors';
import { requireObject } from '../options';
import type { Credentials } from './credentials';
import type { CredentialsProvider } from './providers';
import { setRemedy } from './remedy';
import { credentialsFromSettings, type SettableField } from './settings';

type Environment = Readonly<Record<string, string | undefined>>;

const prefixes = ['VONAGE_', 'NEXMO_'];

/**
 * The variables of each field, without their prefix. The Vonage SDKs use the first name. The other names are in the
 * `.env` samples of the platform's code snippets, in the platform's Laravel packages (`KEY`, `SECRET`) and in its
 * tutorials. A later row for the same field wins, so the path of a key takes precedence over its text.
 */
const variables: readonly (readonly [field: SettableField, ...names: string[]])[] = [
  ['apiKey', 'API_KEY', 'KEY'],
  ['apiSecret', 'API_SECRET', 'SECRET'],
  ['applicationId', 'APPLICATION_ID', 'APP_ID'],
  ['privateKey', 'PRIVATE_KEY', 'APPLICATION_PRIVATE_KEY', 'PRIVATE_KEY_CONTENTS'],
  ['privateKey', 'PRIVATE_KEY_PATH', 'APPLICATION_PRIVATE_KEY_PATH', 'PRIVATE_KEY_FILE'],
  ['signatureSecret', 'SIGNATURE_SECRET', 'API_SIGNATURE_SECRET', 'SIG_SECRET'],
  ['signatureMethod', 'SIGNATURE_METHOD', 'SIGNATURE_SECRET_METHOD'],
];

const knownNames = new Set(variables.flatMap(([, ...names]) => names));

/**
 * Reads credentials from the environment variables of the Vonage SDKs: `VONAGE_API_KEY`, `VONAGE_API_SECRET`,
 * `VONAGE_APPLICATION_ID`, `VONAGE_PRIVATE_KEY`, `VONAGE_PRIVATE_KEY_PATH` (which takes precedence over
 * `VONAGE_PRIVATE_KEY`), `VONAGE_SIGNATURE_SECRET` and `VONAGE_SIGNATURE_METHOD`, or the same names with the prefix
 * `NEXMO_`. Also reads the other names in the platform's samples, such as `VONAGE_APPLICATION_PRIVATE_KEY_PATH`,
 * `VONAGE_API_SIGNATURE_SECRET`, `VONAGE_KEY` and `VONAGE_SECRET`. The provider reads the variables at every call. An
 * empty variable counts as not set. A leading `~/` in a path is the home directory. A relative path is resolved against
 * the working directory.
 *
 * If at least one of the variables is set, a missing field does not make the provider reject. If a request needs that
 * field, the error names the variables of the field. The error also names unknown variables that are set and have the
 * prefix `VONAGE_` or `NEXMO_`. Does not check whether the API secret belongs to the API key. Warns with
 * `process.emitWarning` and the code `NEXMO_AUTH_FILE_MODE` if other users can access a key file.
 *
 * @param env - `process.env` by default
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; the provider rejects with `ERR_CREDENTIALS_NOT_FOUND`,
 * `ERR_CREDENTIALS_CONFLICT`, and every code of `Credentials`. For a code of `Credentials`, the message also names the
 * variable.
 */
export function fromEnv(env?: Readonly<Record<string, string | undefined>>): CredentialsProvider {
  if (env !== undefined) requireObject(env, 'The environment');
  return async () => Promise.resolve(readVariables(env ?? process.env));
}

function readVariables(env: Environment): Credentials {
  const unknownSentence = unknownVariablesSentence(env);
  const credentials = readSettings(env, unknownSentence);
  if (credentials === undefined) {
    const names = variables.map(([, name]) => `VONAGE_${name}`);
    throw new NexmoAuthError(
      'ERR_CREDENTIALS_NOT_FOUND',
      `None of the variables ${names.join(', ')} is set. You can also use the prefix NEXMO_.${unknownSentence}`,
    );
  }
  setRemedy(credentials, (missing) => {
    const names = variables.flatMap(([field, name]) =>
      missing.includes(field) ? [`VONAGE_${name}`] : [],
    );
    if (names.length === 0) return 'No environment variable sets it: use credentials.with().';
    const [noun, verb] = names.length === 1 ? ['variable', 'is'] : ['variables', 'are'];
    return `The environment ${noun} ${names.join(', ')} ${verb} not set. You can also use the prefix NEXMO_.${unknownSentence}`;
  });
  return credentials;
}

function readSettings(env: Environment, unknownSentence: string): Credentials | undefined {
  try {
    return credentialsFromSettings(
      variables.map(([field, ...names]) => [
        field,
        names.flatMap((name) =>
          prefixes.map((prefix) => ({ origin: prefix + name, value: env[prefix + name] })),
        ),
      ]),
    );
  } catch (error) {
    const { code, message } = error as NexmoAuthError;
    throw code === 'ERR_CREDENTIALS_CONFLICT'
      ? new NexmoAuthError(code, message + unknownSentence)
      : error;
  }
}

/** The maximum number of unknown variables that a message lists. */
const maximumShown = 10;

/**
 * A sentence that lists the variables with a known prefix and an unknown name, because a name may be mistyped. Empty if
 * there are none.
 */
function unknownVariablesSentence(env: Environment): string {
  const names = Object.keys(env)
    .filter((variable) => /^(VONAGE|NEXMO)_\w{1,50}$/.test(variable) && env[variable] !== '')
    .filter((variable) => !knownNames.has(variable.replace(/^[A-Z]+_/, '')))
    .sort();
  if (names.length === 0) return '';
  const rest = names.length > maximumShown ? `, and ${names.length - maximumShown} more` : '';
  return ` Set, but not understood: ${names.slice(0, maximumShown).join(', ')}${rest}.`;
}
