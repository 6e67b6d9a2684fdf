import { join, resolve } from 'node:path';
import {
  Credentials,
  type CredentialsOptions,
  fromEnv,
  fromFile,
  NexmoAuthError,
  type Secrets,
  type SignatureMethod,
} from '../index';
import type { CommandContext } from './context';
import type { CredentialFlags } from './credential-options';
import {
  homeDirectory,
  readSecretFile,
  readStandardInput,
  resolvePath,
  secretText,
} from './read-input';

/** The credential fields that `nexmo-auth` looks for. */
export const credentialFields = [
  'apiKey',
  'apiSecret',
  'applicationId',
  'privateKey',
  'signatureSecret',
  'signatureMethod',
] as const;

export type CredentialField = (typeof credentialFields)[number];

/** A place that credentials may be in: the options, the environment, or a file. */
export type Place = {
  /** `environment`, `options`, or the absolute path of a file. */
  readonly name: string;
  /**
   * The source of a field in this place: the option, the variable (such as `VONAGE_API_KEY`), or the path of the file.
   */
  sourceOf(field: CredentialField): string;
  /**
   * Reads the credentials of the place. If the place has none of these fields, returns undefined or credentials
   * without these fields.
   *
   * @throws NexmoAuthError if a field is not valid
   */
  read(fields: readonly CredentialField[]): Promise<Credentials | undefined>;
};

type FieldValues = Pick<Secrets, 'apiSecret' | 'privateKey' | 'signatureSecret'> & {
  apiKey: string;
  applicationId: string;
  signatureMethod: SignatureMethod;
};

/** The value of a field. Undefined if the field is not set. The default of `signatureMethod` counts as not set. */
export function fieldOf<Field extends CredentialField>(
  credentials: Credentials,
  field: Field,
): FieldValues[Field] | undefined {
  return readField(credentials, field) as FieldValues[Field] | undefined;
}

function readField(credentials: Credentials, field: CredentialField): unknown {
  if (field === 'apiKey' || field === 'applicationId') return credentials[field];
  if (field === 'signatureMethod') {
    return credentials.signatureMethod === 'md5hash' ? undefined : credentials.signatureMethod;
  }
  try {
    return credentials.reveal(field);
  } catch {
    return undefined;
  }
}

/** The places, in their order of precedence. */
export function placesOf(flags: CredentialFlags, io: CommandContext): Place[] {
  const home = homeDirectory(io);
  const files = [
    resolve(io.cwd, '.vonagerc'),
    join(home, '.vonage/config.json'),
    resolve(io.cwd, 'vonage_app.json'),
    resolve(io.cwd, '.nexmorc'),
    join(home, '.nexmorc'),
  ];
  return [optionsPlace(flags, io), environmentPlace(io), ...[...new Set(files)].map(filePlace)];
}

const optionNames: Record<CredentialField, (flags: CredentialFlags) => string> = {
  apiKey: () => '--api-key',
  apiSecret: ({ apiSecretStdin }) =>
    apiSecretStdin === true ? '--api-secret-stdin' : '--api-secret-file',
  applicationId: () => '--app-id',
  privateKey: () => '--private-key',
  signatureSecret: ({ signatureSecretStdin }) =>
    signatureSecretStdin === true ? '--signature-secret-stdin' : '--signature-secret-file',
  signatureMethod: () => '--signature-method',
};

function optionsPlace(flags: CredentialFlags, io: CommandContext): Place {
  let reading: Promise<Credentials> | undefined;
  return {
    name: 'options',
    sourceOf: (field) => optionNames[field](flags),
    read: () => (reading ??= credentialsFromFlags(flags, io)),
  };
}

/** Checks all credential options, including options that the command does not need. */
async function credentialsFromFlags(
  flags: CredentialFlags,
  io: CommandContext,
): Promise<Credentials> {
  const { apiKey, appId, privateKey, passphraseFile, signatureMethod } = flags;
  const secret = async (name: string, path?: string, isInput?: boolean) => {
    if (isInput === true) {
      const bytes = await readStandardInput(`--${name}-stdin`, io);
      return secretText(bytes, `Standard input (--${name}-stdin)`);
    }
    return readSecretFile(path, `--${name}-file`, io);
  };
  return new Credentials({
    apiKey,
    apiSecret: await secret('api-secret', flags.apiSecretFile, flags.apiSecretStdin),
    applicationId: appId,
    privateKey: await privateKeyInput(privateKey, io),
    passphrase: await secret('passphrase', passphraseFile),
    signatureSecret: await secret(
      'signature-secret',
      flags.signatureSecretFile,
      flags.signatureSecretStdin,
    ),
    signatureMethod: signatureMethod as CredentialsOptions['signatureMethod'],
  });
}

/** Accepts a path, or `-` for standard input. Accepts no key text, because the process list would show the key. */
export async function privateKeyInput(
  path: string | undefined,
  io: CommandContext,
): Promise<CredentialsOptions['privateKey']> {
  if (path === undefined) return undefined;
  if (path === '-') return { pem: await readStandardInput('--private-key -', io) };
  return { path: resolvePath(path, '--private-key', io) };
}

/**
 * The variables of each field that `fromEnv` knows, without the prefix `VONAGE_` or `NEXMO_`. Of the variables that are
 * set, the last one in the list has precedence, as in `fromEnv`.
 */
const variables: Record<CredentialField, readonly string[]> = {
  apiKey: ['API_KEY', 'KEY'],
  apiSecret: ['API_SECRET', 'SECRET'],
  applicationId: ['APPLICATION_ID', 'APP_ID'],
  privateKey: [
    ...['PRIVATE_KEY', 'APPLICATION_PRIVATE_KEY', 'PRIVATE_KEY_CONTENTS'],
    ...['PRIVATE_KEY_PATH', 'APPLICATION_PRIVATE_KEY_PATH', 'PRIVATE_KEY_FILE'],
  ],
  signatureSecret: ['SIGNATURE_SECRET', 'API_SIGNATURE_SECRET', 'SIG_SECRET'],
  signatureMethod: ['SIGNATURE_METHOD', 'SIGNATURE_SECRET_METHOD'],
};

function environmentPlace({ env }: CommandContext): Place {
  const namesOf = (field: CredentialField) =>
    variables[field].flatMap((name) => [`VONAGE_${name}`, `NEXMO_${name}`]);
  const isSet = (name: string) => (env[name] ?? '') !== '';
  return {
    name: 'environment',
    sourceOf: (field) => String(namesOf(field).findLast(isSet)),
    read: async (fields) => {
      const names = fields.flatMap(namesOf).filter(isSet);
      if (names.length === 0) return undefined;
      return fromEnv(Object.fromEntries(names.map((name) => [name, env[name]])))();
    },
  };
}

function filePlace(path: string): Place {
  return { name: path, sourceOf: () => path, read: async () => readOptional(path) };
}

async function readOptional(path: string): Promise<Credentials | undefined> {
  try {
    return await fromFile(path)();
  } catch (error) {
    if (error instanceof NexmoAuthError && error.code === 'ERR_CREDENTIALS_NOT_FOUND') {
      return undefined;
    }
    throw error;
  }
}
