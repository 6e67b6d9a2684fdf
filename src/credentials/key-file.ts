import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NexmoAuthError, type NexmoAuthErrorCode } from '../errors';
import { readRegularFileSync } from './regular-file';

/**
 * Extensions of key files. A string that ends with such an extension cannot be part of a base64 key: base64 has no dot.
 */
const keyFileExtension = /\.(pem|key|p8|pk8|pkcs8|der|p12|pfx|ppk|pub|crt|cer|cert|txt|json)$/i;

/** The start of a path. Base64 cannot start in this way. */
const pathPrefix = /^(file:|(~|\.{1,2}|[a-z]:)[/\\])/i;

/** A path of words in lower case. Part of a key would also contain capitals, digits or a plus sign. */
const lowercasePath = /^(\/[a-z_.-]+){2,}$/;

/**
 * Whether a string is certainly a path, so that a message may show it. A slash proves nothing: base64 also contains
 * slashes, so the string could be part of a key.
 */
function isCertainlyPath(text: string): boolean {
  if (text.length > 1024 || /[\p{Cc}\p{Surrogate}]/u.test(text)) return false;
  return [keyFileExtension, pathPrefix, lowercasePath].some((pattern) => pattern.test(text));
}

/**
 * Converts a `file:` URL (RFC 8089) to a path. Refuses any other URL. Returns a string that is not a URL unchanged.
 *
 * @throws NexmoAuthError `ERR_KEY_INVALID`
 */
function toPath(text: string): string {
  if (/^(?!file:)[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw unsupportedUrl();
  if (!/^file:/i.test(text)) return text;
  try {
    return fileURLToPath(text);
  } catch {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      'privateKey is a file: URL without a local path. Use the form file:///folder/private.key.',
    );
  }
}

export function unsupportedUrl(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_KEY_INVALID',
    'privateKey is a URL other than file:. Keys are not loaded over the network. Load the key yourself and pass its text as { pem }.',
  );
}

const fileErrors: Record<string, readonly [NexmoAuthErrorCode, string]> = {
  ENOENT: ['ERR_KEY_FILE_NOT_FOUND', 'There is no file at the path in privateKey'],
  ENOTDIR: ['ERR_KEY_FILE_NOT_FOUND', 'Part of the path in privateKey is not a directory'],
  EISDIR: [
    'ERR_KEY_FILE_IS_DIRECTORY',
    'The path in privateKey is a directory (folder), not a key file',
  ],
  ENAMETOOLONG: [
    'ERR_KEY_INVALID',
    'The string in privateKey is not a key, and is too long for a path',
  ],
  ERR_INVALID_ARG_VALUE: [
    'ERR_KEY_INVALID',
    'The string in privateKey is neither a key nor a path',
  ],
};

/**
 * The end of an error message. Shows the path if the form of the string proves that it is a path, or if a file exists
 * there. Otherwise shows at most the working directory.
 */
function describePath(pathOrUrl: string, path: string, exists: boolean): string {
  const base = isAbsolute(pathOrUrl) ? '' : ` The working directory is ${process.cwd()}.`;
  if (!exists && !isCertainlyPath(pathOrUrl)) {
    return `. The string is not shown, since it could be part of a key.${base} If the string is a key, pass it as { pem } with its BEGIN and END lines.`;
  }
  return /^~[/\\]/.test(pathOrUrl)
    ? `: ${path}. ~ is not expanded. Build the path with homedir() of node:os.`
    : `: ${path}. Check the path.${base}`;
}

/**
 * Reads a key file of up to 1 MiB. Does not pass on Node's error, because that error quotes the string. The string may
 * be part of a key that was passed as a path by mistake.
 *
 * @throws NexmoAuthError `ERR_KEY_INVALID`, `ERR_KEY_FILE_NOT_FOUND`, `ERR_KEY_FILE_IS_DIRECTORY`,
 * `ERR_KEY_FILE_UNREADABLE`
 */
export function readKeyFile(pathOrUrl: string): { path: string; bytes: Uint8Array } {
  const path = resolve(toPath(pathOrUrl));
  try {
    return { path, bytes: readRegularFileSync(path) };
  } catch (error) {
    const cause = String((error as NodeJS.ErrnoException).code);
    const [code, message] = fileErrors[cause] ?? [
      'ERR_KEY_FILE_UNREADABLE',
      `The file at the path in privateKey cannot be read (${cause})`,
    ];
    const exists = code === 'ERR_KEY_FILE_IS_DIRECTORY' || code === 'ERR_KEY_FILE_UNREADABLE';
    throw new NexmoAuthError(code, message + describePath(pathOrUrl, path, exists));
  }
}
