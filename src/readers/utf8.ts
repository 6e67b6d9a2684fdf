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
