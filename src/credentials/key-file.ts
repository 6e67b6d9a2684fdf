import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NexmoAuthError, type NexmoAuthErrorCode } from '../errors';

/** How the names of key files end. A dot is in no base64. */
const keyFileName = /\.(pem|key|p8|pk8|pkcs8|der|p12|pfx|ppk|pub|crt|cer|cert|txt|json)$/i;

/** How paths begin, and base64 does not. */
const pathPrefix = /^(file:|(~|\.{1,2}|[a-z]:)[/\\])/i;

/** Words between separators. A piece of a key would have capitals, digits or a plus sign as well. */
const absoluteWords = /^(\/[a-z_.-]+){2,}$/;

/**
 * Whether a text is a path and no part of a key or another secret, so that a message may show it. A separator alone is
 * not enough: it is a character of base64.
 */
function isPlainPath(text: string): boolean {
  if (text.length > 1024 || /[\p{Cc}\p{Surrogate}]/u.test(text)) return false;
  return [keyFileName, pathPrefix, absoluteWords].some((pattern) => pattern.test(text));
}

/**
 * The path of a `file:` URL (RFC 8089), and any other text as it is.
 *
 * @throws NexmoAuthError `ERR_KEY_INVALID`
 */
function pathOf(text: string): string {
  if (/^(?!file:)[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw remoteKey();
  if (!/^file:/i.test(text)) return text;
  try {
    return fileURLToPath(text);
  } catch {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      'privateKey is a file: URL that names no file of this machine. It must look like file:///folder/private.key.',
    );
  }
}

export function remoteKey(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_KEY_INVALID',
    'privateKey is a URL other than file:, and no key is loaded over a network. Load it yourself, and give its text as { pem }.',
  );
}

const fileErrors: Record<string, readonly [NexmoAuthErrorCode, string]> = {
  ENOENT: ['ERR_KEY_FILE_NOT_FOUND', 'No file is at the path given as privateKey'],
  ENOTDIR: [
    'ERR_KEY_FILE_NOT_FOUND',
    'The path given as privateKey leads through something that is not a folder',
  ],
  EISDIR: [
    'ERR_KEY_FILE_IS_DIRECTORY',
    'The path given as privateKey is that of a folder, not of a key file',
  ],
  ENAMETOOLONG: [
    'ERR_KEY_INVALID',
    'The text given as privateKey is no key, and too long for a path',
  ],
  ERR_INVALID_ARG_VALUE: [
    'ERR_KEY_INVALID',
    'The text given as privateKey is neither a key nor a path',
  ],
};

/**
 * Node's own error is left out: it quotes the path, which may be a key that was cut off.
 *
 * @throws NexmoAuthError `ERR_KEY_INVALID`, `ERR_KEY_FILE_NOT_FOUND`, `ERR_KEY_FILE_IS_DIRECTORY`,
 * `ERR_KEY_FILE_UNREADABLE`
 */
export function readKeyFile(pathOrUrl: string): { path: string; bytes: Uint8Array } {
  const path = resolve(pathOf(pathOrUrl));
  try {
    return { path, bytes: readFileSync(path) };
  } catch (error) {
    const cause = String((error as NodeJS.ErrnoException).code);
    const [code, message] = fileErrors[cause] ?? [
      'ERR_KEY_FILE_UNREADABLE',
      `The file given as privateKey cannot be read (${cause})`,
    ];
    throw new NexmoAuthError(
      code,
      isPlainPath(pathOrUrl)
        ? `${message}: ${path}. Check the path; a relative one starts at the working folder.`
        : `${message}. It is not shown, as it could be part of a key: PEM text needs its BEGIN and END lines.`,
    );
  }
}
