import { isDeepStrictEqual } from 'node:util';
import { NexmoAuthError } from '../errors';
import { Credentials } from './credentials';
import type { CredentialsOptions } from './fields';
import { expandHome } from './home-directory';
import { pemBlocks, normalizeKeyText } from './pem';

/** The credential fields that environment variables and files can set. */
export const settableFields = [
  'apiKey',
  'apiSecret',
  'applicationId',
  'privateKey',
  'signatureSecret',
  'signatureMethod',
] as const;

export type SettableField = (typeof settableFields)[number];

/**
 * A value as it was read. `origin` is the place that messages name: the variable, or the entry and the path of the
 * credentials file.
 */
export type Setting = { origin: string; value: unknown };

/**
 * Makes credentials from settings. Each row is a field and its settings. Different values in one row are a conflict. If
 * two rows set the same field, the later row wins. Returns `undefined` if nothing is set.
 *
 * @throws NexmoAuthError `ERR_CREDENTIALS_CONFLICT`; every code of {@link Credentials}, with the value's origin at the
 * start of the message
 */
export function credentialsFromSettings(
  rows: readonly (readonly [SettableField, readonly Setting[]])[],
): Credentials | undefined {
  const found = new Map<SettableField, Setting>();
  for (const [field, settings] of rows) {
    const setting = singleSetting(field, settings);
    if (setting !== undefined) found.set(field, setting);
  }
  if (found.size === 0) return undefined;
  let credentials = new Credentials({});
  for (const [field, { origin, value }] of found) {
    const change: CredentialsOptions = { [field]: normalizeValue(field, value) };
    try {
      credentials = credentials.with(change);
    } catch (error) {
      const { code, message } = error as NexmoAuthError;
      throw new NexmoAuthError(code, `${origin}: ${message}`);
    }
  }
  return credentials;
}

/**
 * The first setting that has a value. If several settings have a value, their values must be equivalent. An empty value
 * counts as no value, since shells, containers and the Vonage CLI may set empty values.
 */
function singleSetting(field: SettableField, settings: readonly Setting[]): Setting | undefined {
  const [first, ...others] = settings.filter(({ value }) => (value ?? '') !== '');
  const meaning = meaningOf(field, first?.value);
  const conflict = others.find(({ value }) => !isDeepStrictEqual(meaningOf(field, value), meaning));
  if (first === undefined || conflict === undefined) return first;
  throw new NexmoAuthError(
    'ERR_CREDENTIALS_CONFLICT',
    `${first.origin} and ${conflict.origin} are set to different values. Remove one of them.`,
  );
}

/** The form in which a value is compared. Texts of the same private key are equal even if their layout differs. */
function meaningOf(field: SettableField, value: unknown): unknown {
  const normalized = normalizeValue(field, value);
  if (field !== 'privateKey' || typeof normalized !== 'string') return normalized;
  const blocks = pemBlocks(normalized);
  return blocks.length > 0 ? blocks : normalized;
}

function normalizeValue(field: SettableField, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => normalizeValue(field, item));
  if (typeof value !== 'string') return value;
  if (field === 'signatureMethod') return value.toLowerCase();
  return field === 'privateKey' ? expandKeyPath(value) : value;
}

function expandKeyPath(value: string): string {
  const text = normalizeKeyText(value);
  return pemBlocks(text).length > 0 ? text : expandHome(text);
}
