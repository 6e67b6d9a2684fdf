import { NexmoAuthError } from '../errors';
import { requireObject } from '../options';
import type { Credentials } from './credentials';
import type { CredentialsProvider } from './providers';
import { setRemedy } from './remedy';
import { credentialsFromSettings, type SettableField } from './settings';

type Environment = Readonly<Record<string, string | undefined>>;

const prefixes = ['VONAGE_', 'NEXMO_'];

/**
 * The variables of each field, without their prefix. The first name is the name that the Vonage SDKs use. The others
 * are in the `.env` samples of the platform's code snippets, in its Laravel packages (`KEY`, `SECRET`) and in its
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
 * Reads credentials from the environment variables of the Vonage SDKs: `VONAGE_API_KEY`,
 * `VONAGE_API_SECRET`, `VONAGE_APPLICATION_ID`, `VONAGE_PRIVATE_KEY`, `VONAGE_PRIVATE_KEY_PATH`
 * (which takes precedence over `VONAGE_PRIVATE_KEY`), `VONAGE_SIGNATURE_SECRET` and
 * `VONAGE_SIGNATURE_METHOD`, or the same with the prefix `NEXMO_`. Also reads the other names in the platform's
 * samples, such as `VONAGE_APPLICATION_PRIVATE_KEY_PATH`, `VONAGE_API_SIGNATURE_SECRET`, `VONAGE_KEY` and
 * `VONAGE_SECRET`. The variables are read at every call; an empty one counts as not set. A leading `~/` in a path
 * is the home directory. A relative path is resolved against the working directory.
 *
 * One variable is enough. If a field is needed but missing, the error names the variables of that field. It also names
 * the variables that have the prefix `VONAGE_` or `NEXMO_` and are set, but are unknown. Does not check whether the
 * secret belongs to the key. Warns with `process.emitWarning` and the code `NEXMO_AUTH_FILE_MODE` if other users can
 * access a key file.
 *
 * @param env - `process.env` by default
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; when called, `ERR_CREDENTIALS_NOT_FOUND`,
 * `ERR_CREDENTIALS_CONFLICT`, and every code of `Credentials`, with the variable in the message
 */
export function fromEnv(env?: Readonly<Record<string, string | undefined>>): CredentialsProvider {
  if (env !== undefined) requireObject(env, 'The environment');
  return async () => Promise.resolve(readVariables(env ?? process.env));
}

function readVariables(env: Environment): Credentials {
  const unknown = unknownVariables(env);
  const credentials = readSettings(env, unknown);
  if (credentials === undefined) {
    const names = variables.map(([, name]) => `VONAGE_${name}`);
    throw new NexmoAuthError(
      'ERR_CREDENTIALS_NOT_FOUND',
      `None of the variables ${names.join(', ')} is set, with this prefix or with NEXMO_.${unknown}`,
    );
  }
  setRemedy(credentials, (missing) => {
    const names = variables.flatMap(([field, name]) =>
      missing.includes(field) ? [`VONAGE_${name}`] : [],
    );
    if (names.length === 0) return 'No environment variable sets it: use credentials.with().';
    const [noun, verb] = names.length === 1 ? ['variable', 'is'] : ['variables', 'are'];
    return `The environment ${noun} ${names.join(', ')} ${verb} not set, with this prefix or with NEXMO_.${unknown}`;
  });
  return credentials;
}

function readSettings(env: Environment, unknown: string): Credentials | undefined {
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
    throw code === 'ERR_CREDENTIALS_CONFLICT' ? new NexmoAuthError(code, message + unknown) : error;
  }
}

/** The longest list of unknown variables in a message. */
const maximumShown = 10;

/** A sentence that lists the variables with a known prefix and an unknown name, since one may be mistyped. */
function unknownVariables(env: Environment): string {
  const names = Object.keys(env)
    .filter((variable) => /^(VONAGE|NEXMO)_\w{1,50}$/.test(variable) && env[variable] !== '')
    .filter((variable) => !knownNames.has(variable.replace(/^[A-Z]+_/, '')))
    .sort();
  if (names.length === 0) return '';
  const rest = names.length > maximumShown ? `, and ${names.length - maximumShown} more` : '';
  return ` Set, but not understood: ${names.slice(0, maximumShown).join(', ')}${rest}.`;
}
