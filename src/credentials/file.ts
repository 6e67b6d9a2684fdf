import { promises } from 'node:fs';
import { resolve } from 'node:path';
import { kindOf, NexmoAuthError } from '../errors';
import { mapOptional, refuseUnknown, requireObject } from '../options';
import { warnIfShared } from './file-mode';
import { expandHome } from './home-folder';
import { type CredentialsProvider, fromChain } from './providers';
import {
  credentialsFromSettings,
  type Setting,
  type SettableField,
  settableFields,
} from './settings';

export type FromFileOptions = {
  /** A section of an INI file (`credentials` by default), or an object inside a JSON file. */
  section?: string | undefined;
};

const documentedPlaces = [
  '.vonagerc',
  '~/.vonage/config.json',
  'vonage_app.json',
  '.nexmorc',
  '~/.nexmorc',
];

/**
 * Credentials from a file of the Vonage CLI (`.vonagerc`, `~/.vonage/config.json`,
 * `vonage_app.json`), of the Nexmo CLI (`.nexmorc`, `.nexmo-app`), or one of your own. Without a
 * path, the first that exists of `.vonagerc`, `~/.vonage/config.json`, `vonage_app.json`, `.nexmorc`
 * and `~/.nexmorc`, and that one alone. The file is read at every call.
 *
 * A file that begins with `{` is JSON, any other one INI. Keys are `api-key`, `api-secret`, `app-id`
 * or `application-id`, `private-key`, `signature-secret` and `signature-method`, or the same as
 * `apiKey` or `api_key`; other keys and empty values are ignored. In JSON, a secret may be the pair
 * `[current, previous]`. The private key is PEM text or a path. As in those tools, a relative path
 * starts at the working folder, not at that of the file; `~/` is the home folder. A dot in `section`
 * leads one level down.
 *
 * Whether the credentials are complete is not checked. A file that is open to others is reported by
 * `process.emitWarning`, with the code `NEXMO_AUTH_FILE_MODE`.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; when called, `ERR_CREDENTIALS_NOT_FOUND`,
 * `ERR_CREDENTIALS_FILE_UNREADABLE`, `ERR_CREDENTIALS_FILE_INVALID`, `ERR_CREDENTIALS_CONFLICT`,
 * `ERR_PROVIDER_ABORTED`, and what `Credentials` throws, with key and file named
 */
export function fromFile(path?: string, options: FromFileOptions = {}): CredentialsProvider {
  requireObject(options, 'The options of fromFile');
  const { section, ...unknown } = options;
  refuseUnknown(unknown, 'the options of fromFile');
  mapOptional(section, requireSection);
  mapOptional(path, requirePath);
  if (path !== undefined) return fileProvider(path, section);
  return fromChain(...documentedPlaces.map((place) => fileProvider(place, section)));
}

function requirePath(path: unknown): void {
  if (typeof path === 'string' && path !== '' && !/^\s*\{|[\r\n\0]|-----BEGIN/.test(path)) return;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'The path must be that of a credentials file, as a string that is not empty. The content of one is not taken.',
  );
}

function requireSection(section: unknown): void {
  if (typeof section === 'string' && section !== '') return;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'section must be the name of a section, as a string that is not empty.',
  );
}

function fileProvider(place: string, section: string | undefined): CredentialsProvider {
  return async (context) => {
    const path = resolve(expandHome(place));
    const bytes = await read(path, context?.signal);
    const entries = Object.entries(sectionOf(parse(bytes, path), path, section));
    const settings = (field: SettableField): Setting[] =>
      entries
        .filter(([key]) => fieldOf(key) === field.toLowerCase())
        .map(([key, value]) => ({ place: `${key} in ${path}`, value }));
    const credentials = credentialsFromSettings(
      settableFields.map((field) => [field, settings(field)]),
    );
    if (credentials === undefined) {
      throw invalid(path, 'holds no credentials: no key such as api-key or app-id has a value');
    }
    warnIfShared(path);
    return credentials;
  };
}

/** Node's own error is left out: it says nothing that the code does not. */
async function read(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return await promises.readFile(path, { signal });
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (code === 'ABORT_ERR') {
      throw new NexmoAuthError('ERR_PROVIDER_ABORTED', `Reading ${path} was aborted.`);
    }
    throw code === 'ENOENT' || code === 'ENOTDIR'
      ? new NexmoAuthError('ERR_CREDENTIALS_NOT_FOUND', `There is no file ${shown(path)}.`)
      : new NexmoAuthError(
          'ERR_CREDENTIALS_FILE_UNREADABLE',
          `The credentials file ${shown(path)} cannot be read (${code}).`,
        );
  }
}

/** What is at no place that can be read may be no path at all, but what belongs into the file. */
function shown(path: string): string {
  return /[A-Za-z0-9+]{20}|[=;]/.test(path) ? 'at the path given' : path;
}

type Content = Record<string, unknown>;

type Parsed = { content: Content; defaultSection: string | undefined };

/** The parsers' own errors are left out: they quote the text. */
function parse(bytes: Uint8Array, path: string): Parsed {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
    if (text.startsWith('{')) {
      return { content: JSON.parse(text) as Content, defaultSection: undefined };
    }
    const ini = require('ini') as typeof import('ini');
    return { content: ini.parse(text), defaultSection: 'credentials' };
  } catch {
    throw invalid(path, 'cannot be parsed: it must be JSON that begins with {, or INI, in UTF-8');
  }
}

function sectionOf({ content, defaultSection }: Parsed, path: string, chosen?: string): Content {
  const section = chosen ?? defaultSection;
  if (section === undefined) return content;
  const found = section.split('.').reduce<unknown>(inside, content);
  if (isObject(found)) return found;
  throw invalid(path, `has no section "${section}" (what does not begin with { is read as INI)`);
}

function inside(outer: unknown, name: string): unknown {
  return isObject(outer) && Object.hasOwn(outer, name) ? outer[name] : undefined;
}

function isObject(value: unknown): value is Content {
  return kindOf(value) === 'an object';
}

/** `api-key`, `apiKey` and `api_key` are one field, and `app-id` is short for `application-id`. */
function fieldOf(key: string): string {
  return key
    .replace(/[-_]/g, '')
    .toLowerCase()
    .replace(/^appid$/, 'applicationid');
}

function invalid(path: string, what: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_CREDENTIALS_FILE_INVALID',
    `The credentials file ${path} ${what}.`,
  );
}
