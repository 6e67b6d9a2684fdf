import { TextDecoder } from 'node:util';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes UTF-8 (RFC 3629), a byte-order mark included. Undefined for bytes that are not UTF-8: a lenient
 * decoder replaces them by U+FFFD, so that different bytes read alike.
 */
export function readUtf8(bytes: Uint8Array | ArrayBuffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

const encodings = ['utf-8', 'utf-16le', 'utf-16be'];

/**
 * The texts that a lenient server could read, without a byte-order mark. In UTF-16 and UTF-32, ASCII characters have
 * NUL among their bytes. UTF-32 is read as UTF-16, where its other halves are control characters, which neither JSON nor
 * a form has.
 */
export function possibleTexts(content: string | Uint8Array | ArrayBuffer): string[] {
  const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
  if (!text.includes('\0')) return [text.replace(/^\uFEFF/, '')];
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return encodings.map((encoding) =>
    new TextDecoder(encoding)
      .decode(bytes)
      .replace(/[^\P{Cc}\t\n\r]/gu, '')
      .replace(/^[\uFEFF\uFFFD]+/, ''),
  );
}
