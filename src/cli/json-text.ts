import { CliError } from './cli-error';

/**
 * Characters that a terminal obeys, or does not show. The line feed is excluded. In JSON text, a line feed stands only
 * between tokens, where it is harmless.
 */
const controls = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * The JSON text of a value from an untrusted source. Escapes the characters that a terminal could obey.
 *
 * @throws CliError `ERR_FILE_INVALID` for a value that is nested too deeply for `JSON.stringify`
 */
export function jsonText(value: unknown, indent?: number): string {
  try {
    return escapeControls(JSON.stringify(value, null, indent));
  } catch {
    throw new CliError('ERR_FILE_INVALID', 'The content is nested too deeply to be shown.');
  }
}

/** The text itself, or its JSON text if it has characters that a terminal could obey. */
export function printable(text: string): string {
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(text) ? jsonText(text) : text;
}

/** Replaces characters that a terminal could obey with their JSON escapes (RFC 8259, section 7). */
export function escapeControls(text: string): string {
  return text.replace(controls, (character) =>
    Array.from({ length: character.length }, (_, index) => {
      const code = character.charCodeAt(index).toString(16);
      return `\\u${code.padStart(4, '0')}`;
    }).join(''),
  );
}
