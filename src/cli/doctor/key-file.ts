import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseIni } from 'ini';
import { Credentials, type NexmoAuthError } from '../../index';
import type { CommandContext } from '../context';
import type { CredentialFlags } from '../credential-options';
import type { Place } from '../credential-places';
import { decodedLayers } from '../decoded-layers';
import type { FoundCredentials } from '../find-credentials';
import { absolutePath, readAbsolute } from '../read-input';
import { isSharedFile } from '../shared-file';

/** The text of the private key as it was found. `path` is set if the text comes from a key file. */
export type KeySource = { text: string; path?: string | undefined };

/**
 * Finds the text of the private key. The text shows the format of the key. A `KeyObject` does not show the format.
 * Returns undefined if there is no key, or if the key comes from standard input.
 */
export function keySourceOf(
  { sources }: FoundCredentials,
  flags: CredentialFlags,
  io: CommandContext,
): KeySource | undefined {
  const { privateKey: source } = sources;
  if (source === undefined) return undefined;
  const value = source.startsWith('--')
    ? flags.privateKey
    : (io.env[source] ?? valueInFile(source));
  if (value === undefined || value === '-') return undefined;
  if (isKeyText(value)) return { text: value };
  // `fromEnv` and `fromFile` accept quotes around a path, too.
  const unquoted = value
    .trim()
    .replace(/^(["'`])(.*)\1$/, '$2')
    .trim();
  const path = /^file:/i.test(unquoted) ? fileURLToPath(unquoted) : absolutePath(unquoted, io);
  return { text: readAbsolute(path, 'The key file').toString(), path };
}

/** Whether `Credentials` reads a value as key text. It reads any other value as the path of a key file. */
function isKeyText(value: string): boolean {
  try {
    return Boolean(new Credentials({ privateKey: { pem: value } }));
  } catch (error) {
    // Since no passphrase was passed, an encrypted key causes this code. Text without a key causes ERR_KEY_INVALID.
    return (error as NexmoAuthError).code === 'ERR_KEY_PASSPHRASE_MISSING';
  }
}

/** The value of `private-key` in a JSON or INI file that `fromFile` has already read. */
function valueInFile(path: string): string {
  const text = readAbsolute(path, 'The credentials file').toString().trim();
  const content: unknown = text.startsWith('{') ? JSON.parse(text) : parseIni(text)['credentials'];
  const values = Object.entries(content as Record<string, unknown>)
    .filter(([name]) => /^privatekey$/i.test(name.replace(/[-_]/g, '')))
    .map(([, value]) => value);
  // The value may be a pair of keys, for a key rotation. The first key of the pair is the current key.
  return String([values.find(Boolean)].flat()[0]);
}

function labelOf(text: string): string | undefined {
  return /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----/.exec(text)?.[1];
}

const formats: Readonly<Record<string, string>> = {
  'PRIVATE KEY': 'PKCS#8',
  'RSA PRIVATE KEY': 'PKCS#1',
  'ENCRYPTED PRIVATE KEY': 'encrypted PKCS#8',
};

/** The format of a valid key. The text is PEM, perhaps with escapes, or base64 of PEM. */
export function keyFormat(text: string): string {
  const labels = decodedLayers(text).flatMap((layer) => labelOf(layer.text) ?? []);
  const label = labels[0] ?? labelOf(Buffer.from(text, 'base64').toString('latin1')) ?? '';
  const format = formats[label] ?? 'another format';
  return text.includes(',ENCRYPTED') ? `encrypted ${format}` : format;
}

/** The files that contain secrets and that users other than the owner can access. */
export function sharedFiles(places: readonly Place[], key: KeySource | undefined): string[] {
  const paths = [...places.map(({ name }) => name), key?.path ?? ''].filter((path) =>
    isAbsolute(path),
  );
  return [...new Set(paths)].filter(isSharedFile);
}
