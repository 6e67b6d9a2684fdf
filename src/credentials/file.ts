import { resolve } from 'node:path';
import { kindOf, NexmoAuthError } from '../errors';
import { mapOptional, refuseUnknown, requireObject } from '../options';
import { warnIfShared } from './file-mode';
import { expandHome } from './home-directory';
import { type CredentialsProvider, fromChain } from './providers';
import { readRegularFile } from './regular-file';
import {
  credentialsFromSettings,
  type Setting,
  type SettableField,
  settableFields,
} from './settings';

/** The options of `fromFile`. */
export type FromFileOptions = {
  /** A section of an INI file (default: `credentials`), or the key of an object in a JSON file. */
  section?: string | undefined;
};

const defaultPaths = [
  '.vonagerc',
  '~/.vonage/config.json',
  'vonage_app.json',
  '.nexmorc',
  '~/.nexmorc',
];

/**
 * Reads credentials from a file of the Vonage CLI (`.vonagerc`, `~/.vonage/config.json`, `vonage_app.json`), of the
 * Nexmo CLI (`.nexmorc`, `.nexmo-app`), or of your own. Without a path, reads only the first existing file of
 * `.vonagerc`, `~/.vonage/config.json`, `vonage_app.json`, `.nexmorc` and `~/.nexmorc`. Reads the file at every call.
 *
 * A file that begins with `{` is parsed as JSON, any other file as INI. The keys are `api-key`, `api-secret`, `app-id`
 * or `application-id`, `private-key`, `signature-secret` and `signature-method`. Each key may also have the form of
 * `apiKey` or `api_key`. Ignores other keys and empty values. In JSON, a secret may be the pair `[current, previous]`.
 * The private key is PEM text or a path. As in the two CLIs, a relative path starts at the working directory, not at
 * the directory of the file, and a leading `~/` is the home directory. A dot in `section` separates nested sections.
 *
 * Does not read a device, a named pipe or a file of more than 1 MiB. Does not check whether the credentials are
 * complete. Warns with `process.emitWarning` and the code `NEXMO_AUTH_FILE_MODE` if other users can access the file.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; the provider rejects with `ERR_CREDENTIALS_NOT_FOUND`,
 * `ERR_CREDENTIALS_FILE_UNREADABLE`, `ERR_CREDENTIALS_FILE_INVALID`, `ERR_CREDENTIALS_CONFLICT`,
 * `ERR_PROVIDER_ABORTED`, and every code of `Credentials`. For a code of `Credentials`, the message also names the key
 * (such as `api-key`) and the file.
 */
export function fromFile(path?: string, options: FromFileOptions = {}): CredentialsProvider {
  requireObject(options, 'The options of fromFile');
  const { section, ...unknown } = options;
  refuseUnknown(unknown, 'the options of fromFile');
  mapOptional(section, requireSection);
  mapOptional(path, requirePath);
  if (path !== undefined) return fileProvider(path, section);
  return fromChain(...defaultPaths.map((defaultPath) => fileProvider(defaultPath, section)));
}

function requirePath(path: unknown): void {
  if (typeof path === 'string' && path !== '' && !/^\s*\{|[\r\n\0]|-----BEGIN/.test(path)) return;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'The path of a credentials file must be a non-empty string. Pass the path of the file, not its content.',
  );
}

function requireSection(section: unknown): void {
  if (typeof section === 'string' && section !== '') return;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'section must be the name of a section, as a non-empty string.',
  );
}

function fileProvider(unexpandedPath: string, section: string | undefined): CredentialsProvider {
  return async (context) => {
    const path = resolve(expandHome(unexpandedPath));
    const bytes = await readBytes(path, context?.signal);
    const entries = Object.entries(findSection(parseFile(bytes, path), path, section));
    const settings = (field: SettableField): Setting[] =>
      entries
        .filter(([key]) => normalizeKey(key) === field.toLowerCase())
        .map(([key, value]) => ({ origin: `${key} in ${path}`, value }));
    const credentials = credentialsFromSettings(
      settableFields.map((field) => [field, settings(field)]),
    );
    if (credentials === undefined) {
      throw invalidFile(
        path,
        'contains no credentials. No key such as api-key or app-id has a value',
      );
    }
    warnIfShared(path);
    return credentials;
  };
}

/** Reads a file. Reports only the code of Node's error, because the rest of that error adds nothing. */
async function readBytes(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, signal);
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (code === 'ABORT_ERR') {
      throw new NexmoAuthError('ERR_PROVIDER_ABORTED', `Reading ${path} was aborted.`);
    }
    throw code === 'ENOENT' || code === 'ENOTDIR'
      ? new NexmoAuthError('ERR_CREDENTIALS_NOT_FOUND', `There is no file ${pathInMessage(path)}.`)
      : new NexmoAuthError(
          'ERR_CREDENTIALS_FILE_UNREADABLE',
          `The credentials file ${pathInMessage(path)} cannot be read (${code}).`,
        );
  }
}

/** The path for a message. Hides the path if it may be file content that was passed as a path by mistake. */
function pathInMessage(path: string): string {
  return /[A-Za-z0-9+]{20}|[=;]/.test(path) ? 'at the path given' : path;
}

type Content = Record<string, unknown>;

type ParsedFile = { content: Content; defaultSection: string | undefined };

/** Parses the file. Does not pass on the errors of the parsers, because these errors quote the text. */
function parseFile(bytes: Uint8Array, path: string): ParsedFile {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
    if (text.startsWith('{')) {
      return { content: JSON.parse(text) as Content, defaultSection: undefined };
    }
    const ini = require('ini') as typeof import('ini');
    return { content: ini.parse(text), defaultSection: 'credentials' };
  } catch {
    throw invalidFile(
      path,
      'cannot be parsed. It must be JSON that begins with {, or INI, in UTF-8',
    );
  }
}

function findSection(
  { content, defaultSection }: ParsedFile,
  path: string,
  section = defaultSection,
): Content {
  if (section === undefined) return content;
  const found = section.split('.').reduce<unknown>(ownProperty, content);
  if (isObject(found)) return found;
  const hint = defaultSection && '. It does not begin with {, so it was read as INI';
  throw invalidFile(path, `has no section "${section}"${hint ?? ''}`);
}

function ownProperty(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isObject(value: unknown): value is Content {
  return kindOf(value) === 'an object';
}

/** Reduces `api-key`, `apiKey` and `api_key` to the same name. `app-id` means `application-id`. */
function normalizeKey(key: string): string {
  return key
    .replace(/[-_]/g, '')
    .toLowerCase()
    .replace(/^appid$/, 'applicationid');
}

function invalidFile(path: string, problem: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_CREDENTIALS_FILE_INVALID',
    `The credentials file ${path} ${problem}.`,
  );
}
