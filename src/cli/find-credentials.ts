import { join, resolve } from 'node:path';
import { Credentials, type CredentialsOptions, fromEnv, fromFile, NexmoAuthError } from '../index';
import type { CommandContext } from './context';
import type { CredentialFlags } from './credential-options';
import { printNote } from './output';
import { homeDirectory, readFile, readStandardInput, resolvePath, secretText } from './read-input';

/** The fields that can be found. */
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
  /** The environment, the options, or the absolute path of a file. */
  readonly name: string;
  /** Where the place has a field, such as `VONAGE_API_KEY`. */
  sourceOf(field: CredentialField): string;
  /**
   * Its credentials, or undefined if it has none of these fields.
   *
   * @throws NexmoAuthError if a field is not valid
   */
  read(fields: readonly CredentialField[]): Promise<Credentials | undefined>;
};

/** Credentials, and where each of their fields was found. */
export type FoundCredentials = {
  readonly credentials: Credentials;
  readonly sources: Readonly<Partial<Record<CredentialField, string>>>;
};

/** A secret is taken only from a place that has the same owner, or none. */
const ownerOf: Partial<Record<CredentialField, 'apiKey' | 'applicationId'>> = {
  apiSecret: 'apiKey',
  signatureSecret: 'apiKey',
  privateKey: 'applicationId',
};

/**
 * Finds fields in the options, then in the environment, then in the files of the Vonage and Nexmo CLIs. Does not check
 * whether all fields were found.
 *
 * @throws NexmoAuthError every code of `Credentials`, `fromEnv` and `fromFile`
 */
export async function findCredentials(
  flags: CredentialFlags,
  io: CommandContext,
  fields: readonly CredentialField[],
): Promise<FoundCredentials> {
  const found = await mergePlaces(placesOf(flags, io), fields);
  for (const [field, source] of Object.entries(found.sources)) {
    if (io.verbose) printNote(io, `${field}: ${source}`);
  }
  return found;
}

/** Takes each field from the first place that has it. Reads a place only if the places before it lack a field. */
export async function mergePlaces(
  places: readonly Place[],
  fields: readonly CredentialField[],
): Promise<FoundCredentials> {
  const found: CredentialsOptions = {};
  const sources: Partial<Record<CredentialField, string>> = {};
  for (const place of places) {
    const missing = fields.filter((field) => sources[field] === undefined);
    if (missing.length === 0) break;
    const credentials = await place.read(withOwners(missing));
    if (credentials === undefined) continue;
    for (const field of missing) {
      const value = fieldOf(credentials, field);
      if (value === undefined || !hasSameOwner(credentials, found, field)) continue;
      Object.assign(found, { [field]: value });
      sources[field] = place.sourceOf(field);
    }
  }
  return { credentials: new Credentials(found), sources };
}

/** What to do if a field is missing. */
const advice: Record<CredentialField, string> = {
  apiKey: '--api-key or VONAGE_API_KEY',
  apiSecret: '--api-secret-file, --api-secret-stdin or VONAGE_API_SECRET',
  applicationId: '--app-id or VONAGE_APPLICATION_ID',
  privateKey: '--private-key or VONAGE_PRIVATE_KEY_PATH',
  signatureSecret: '--signature-secret-file, --signature-secret-stdin or VONAGE_SIGNATURE_SECRET',
  signatureMethod: '--signature-method or VONAGE_SIGNATURE_METHOD',
};

/**
 * As {@link findCredentials}, but all fields must be found.
 *
 * @throws NexmoAuthError `ERR_MISSING_CREDENTIAL`, and the errors of {@link findCredentials}
 */
export async function requireCredentials(
  flags: CredentialFlags,
  io: CommandContext,
  fields: readonly CredentialField[],
): Promise<Credentials> {
  const { credentials, sources } = await findCredentials(flags, io, fields);
  const missing = fields.filter((field) => sources[field] === undefined);
  if (missing.length === 0) return credentials;
  const ways = missing.map((field) => `${field} by ${advice[field]}`);
  throw new NexmoAuthError(
    'ERR_MISSING_CREDENTIAL',
    `Credentials were not found. Set ${ways.join(', and ')}, or use a file of the Vonage CLI.`,
  );
}

function withOwners(fields: readonly CredentialField[]): CredentialField[] {
  return [...new Set(fields.flatMap((field) => [ownerOf[field] ?? field, field]))];
}

function hasSameOwner(
  credentials: Credentials,
  found: CredentialsOptions,
  field: CredentialField,
): boolean {
  const owner = ownerOf[field];
  if (owner === undefined) return true;
  const [expected, actual] = [found[owner], credentials[owner]];
  return expected === undefined || actual === undefined || expected === actual;
}

/** A field of credentials. The default signature method counts as not set. */
export function fieldOf(credentials: Credentials, field: CredentialField): unknown {
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

/** Checks all options, also those that the command does not need. */
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
    const what = `The file of --${name}-file`;
    return path === undefined ? undefined : secretText(readFile(path, what, io), what);
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

/** Key text as an option would be in the process list, so only a path is accepted. */
export async function privateKeyInput(
  path: string | undefined,
  io: CommandContext,
): Promise<CredentialsOptions['privateKey']> {
  if (path === undefined) return undefined;
  if (path === '-') return { pem: await readStandardInput('--private-key -', io) };
  return { path: path.includes('-----BEGIN') ? path : resolvePath(path, io) };
}

/** The variables of each field. The later one has precedence, as in `fromEnv`. */
const variables: Record<CredentialField, readonly string[]> = {
  apiKey: ['API_KEY'],
  apiSecret: ['API_SECRET'],
  applicationId: ['APPLICATION_ID'],
  privateKey: ['PRIVATE_KEY', 'PRIVATE_KEY_PATH'],
  signatureSecret: ['SIGNATURE_SECRET'],
  signatureMethod: ['SIGNATURE_METHOD'],
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
