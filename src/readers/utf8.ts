import { TextDecoder } from 'node:util';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes UTF-8 (RFC 3629) and keeps a byte-order mark. Returns undefined for invalid bytes. A lenient decoder would
 * replace them by U+FFFD, so that different bytes would become the same text.
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
 * The texts that a lenient server could decode from a body, without their byte-order marks. NUL bytes show that the
 * text may be UTF-16 or UTF-32. UTF-32 is decoded as UTF-16, so each ASCII character becomes two: itself and a
 * NUL. Control characters, such as NUL, are removed from these texts, since neither JSON nor a form contains them. The
 * first text keeps them, since some servers end a name at NUL.
 */
export function possibleTexts(content: string | Uint8Array | ArrayBuffer): string[] {
  const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
  const unchanged = text.replace(/^\uFEFF+/, '');
  if (!text.includes('\0')) return [unchanged];
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const decoded = encodings.map((encoding) =>
    new TextDecoder(encoding)
      .decode(bytes)
      .replace(/[^\P{Cc}\t\n\r]/gu, '')
      .replace(/^[\uFEFF\uFFFD]+/, ''),
  );
  return [unchanged, ...decoded];
}
