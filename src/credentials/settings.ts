import { isDeepStrictEqual } from 'node:util';
import { NexmoAuthError } from '../errors';
import { Credentials } from './credentials';
import type { CredentialsOptions } from './fields';
import { expandHome } from './home-folder';
import { pemBlocks, normalizeKeyText } from './pem';

/** The fields of credentials that variables and files can set. */
export const settableFields = [
  'apiKey',
  'apiSecret',
  'applicationId',
  'privateKey',
  'signatureSecret',
  'signatureMethod',
] as const;

export type SettableField = (typeof settableFields)[number];

/** A value as it was read, and the place that set it, to be named in errors. */
export type Setting = { place: string; value: unknown };

/**
 * Credentials of the settings found for each field; of two rows for one field, the later one counts.
 * Gives `undefined` when nothing is set.
 *
 * @throws NexmoAuthError `ERR_CREDENTIALS_CONFLICT`; what {@link Credentials} throws for a value, with
 * its place in front
 */
export function credentialsFromSettings(
  rows: readonly (readonly [SettableField, readonly Setting[]])[],
): Credentials | undefined {
  const found = new Map<SettableField, Setting>();
  for (const [field, settings] of rows) {
    const setting = agreed(settings);
    if (setting !== undefined) found.set(field, setting);
  }
  if (found.size === 0) return undefined;
  let credentials = new Credentials({});
  for (const [field, { place, value }] of found) {
    const change: CredentialsOptions = { [field]: asMeant(field, value) };
    try {
      credentials = credentials.with(change);
    } catch (error) {
      const { code, message } = error as NexmoAuthError;
      throw new NexmoAuthError(code, `${place}: ${message}`);
    }
  }
  return credentials;
}

/** An empty value counts as not set, as shells, containers and the Vonage CLI leave them. */
function agreed(settings: readonly Setting[]): Setting | undefined {
  const [first, ...others] = settings.filter(({ value }) => (value ?? '') !== '');
  const other = others.find(({ value }) => !isDeepStrictEqual(value, first?.value));
  if (first === undefined || other === undefined) return first;
  throw new NexmoAuthError(
    'ERR_CREDENTIALS_CONFLICT',
    `${first.place} and ${other.place} are set to different values. Remove one of them.`,
  );
}

function asMeant(field: SettableField, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => asMeant(field, each));
  if (typeof value !== 'string') return value;
  if (field === 'signatureMethod') return value.toLowerCase();
  return field === 'privateKey' ? keyOrPath(value) : value;
}

function keyOrPath(value: string): string {
  const text = normalizeKeyText(value);
  return pemBlocks(text).length > 0 ? text : expandHome(text);
}
