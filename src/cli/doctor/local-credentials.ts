import { isDeepStrictEqual, types } from 'node:util';
import type { Credentials, NexmoAuthError } from '../../index';
import { type CredentialField, credentialFields, fieldOf, type Place } from '../credential-places';
import { type FoundCredentials, mergePlaces } from '../find-credentials';
import { failed, type Finding, warning } from './finding';

/** A place whose credentials could be read. */
type ReadablePlace = Place & { credentials: Credentials };

export type LocalCredentials = FoundCredentials & {
  findings: Finding[];
  /** The places that have credentials. */
  places: readonly Place[];
};

/**
 * Reads every place, and compares the places. Commands other than `doctor` read a place only if the places before it
 * lack a field.
 */
export async function readPlaces(places: readonly Place[]): Promise<LocalCredentials> {
  const findings: Finding[] = [];
  const readable: ReadablePlace[] = [];
  for (const place of places) {
    try {
      const credentials = await place.read(credentialFields);
      if (credentials === undefined || isEmpty(credentials)) continue;
      readable.push({ ...place, credentials, read: async () => Promise.resolve(credentials) });
    } catch (error) {
      const { code, message } = error as NexmoAuthError;
      findings.push(failed('credentials', message, { code, remedy: remedyOf(code) }));
    }
  }
  const found = await mergePlaces(readable, credentialFields);
  findings.push(...disagreements(readable));
  if (readable.length === 0 && findings.length === 0) findings.push(noCredentials);
  return { ...found, findings, places: readable };
}

const noCredentials = failed('credentials', 'No credentials were found in any place.', {
  code: 'ERR_CREDENTIALS_NOT_FOUND',
  remedy:
    'Set VONAGE_API_KEY and VONAGE_API_SECRET, or VONAGE_APPLICATION_ID and VONAGE_PRIVATE_KEY_PATH, or write them into .vonagerc.',
});

/** The remedy for an error whose message does not say what to do. Undefined for other errors. */
function remedyOf(code: string): string | undefined {
  return remedies[code];
}

const remedies: Partial<Record<string, string>> = {
  ERR_KEY_PASSPHRASE_MISSING:
    'Pass --passphrase-file, or decrypt the key: openssl pkcs8 -in FILE -out private.key.',
  ERR_CREDENTIALS_FILE_UNREADABLE: 'Give your user permission to read the file, or remove it.',
  ERR_KEY_FILE_UNREADABLE: 'Give your user permission to read the file.',
};

/** Whether no field is set. The place `options` has empty credentials if no credential option is set. */
function isEmpty(credentials: Credentials): boolean {
  return credentialFields.every((field) => fieldOf(credentials, field) === undefined);
}

/** Finds the fields that have different values in two places. The value from the first place is used. */
function disagreements(places: readonly ReadablePlace[]): Finding[] {
  return credentialFields.flatMap((field) => {
    const [first, ...others] = places.filter(
      (place) => fieldOf(place.credentials, field) !== undefined,
    );
    if (first === undefined) return [];
    const other = others.find((place) => !isSameField(place, first, field));
    if (other === undefined) return [];
    const [used, ignored] = [first.sourceOf(field), other.sourceOf(field)];
    return [
      warning('places', `${used} and ${ignored} have different values of ${field}.`, {
        remedy: `The value of ${used} is used. Remove the value of ${ignored}, or correct it.`,
      }),
    ];
  });
}

function isSameField(a: ReadablePlace, b: ReadablePlace, field: CredentialField): boolean {
  const [left, right] = [fieldOf(a.credentials, field), fieldOf(b.credentials, field)];
  return types.isKeyObject(left) && types.isKeyObject(right)
    ? left.equals(right)
    : isDeepStrictEqual(left, right);
}
