import {
  Credentials,
  type CredentialsOptions,
  NexmoAuthError,
  type SignatureMethod,
} from '../index';
import type { CommandContext } from './context';
import type { CredentialFlags } from './credential-options';
import { type CredentialField, fieldOf, type Place, placesOf } from './credential-places';
import { printNote } from './output';

/** Credentials, and where each of their fields was found. */
export type FoundCredentials = {
  readonly credentials: Credentials;
  readonly sources: Readonly<Partial<Record<CredentialField, string>>>;
};

/**
 * The field that names the owner of each secret. If a place names a different owner than the owner already found, the
 * secret is not taken from that place.
 */
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

/** How to set each field. */
const advice: Record<CredentialField, string> = {
  apiKey: '--api-key or VONAGE_API_KEY',
  apiSecret: '--api-secret-file, --api-secret-stdin or VONAGE_API_SECRET',
  applicationId: '--app-id or VONAGE_APPLICATION_ID',
  privateKey: '--private-key or VONAGE_PRIVATE_KEY_PATH',
  signatureSecret: '--signature-secret-file, --signature-secret-stdin or VONAGE_SIGNATURE_SECRET',
  signatureMethod: '--signature-method or VONAGE_SIGNATURE_METHOD',
};

/**
 * Finds credentials like {@link findCredentials}, but throws if a field was not found.
 *
 * @throws NexmoAuthError `ERR_MISSING_CREDENTIAL`, and the errors of {@link findCredentials}
 */
export async function requireCredentials(
  flags: CredentialFlags,
  io: CommandContext,
  fields: readonly CredentialField[],
): Promise<Credentials> {
  const { credentials, sources } = await findCredentials(flags, io, fields);
  const absent = fields.filter((field) => sources[field] === undefined);
  if (absent.length > 0) throw missingCredentials(absent);
  return credentials;
}

function missingCredentials(fields: readonly CredentialField[]): NexmoAuthError {
  const ways = fields.map((field) => `${field} by ${advice[field]}`);
  return new NexmoAuthError(
    'ERR_MISSING_CREDENTIAL',
    `Credentials were not found. Set ${ways.join(', and ')}, or use a file of the Vonage CLI.`,
  );
}

/**
 * Finds the signature secret and the signature method, and the API key if there is one.
 *
 * @throws NexmoAuthError the errors of {@link requireCredentials}
 */
export async function requireSignatureSecret(
  flags: CredentialFlags,
  io: CommandContext,
): Promise<{ secret: string; method: SignatureMethod; apiKey: string | undefined }> {
  const { credentials } = await findCredentials(flags, io, [
    'apiKey',
    'signatureSecret',
    'signatureMethod',
  ]);
  const { apiKey, signatureMethod } = credentials;
  const secret = fieldOf(credentials, 'signatureSecret');
  if (secret === undefined) throw missingCredentials(['signatureSecret']);
  return { secret, method: signatureMethod, apiKey };
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
