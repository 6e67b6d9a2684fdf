/** Neither sent in a header nor signed. */
export const unsendable = /[\r\n\0\p{Surrogate}]/u;

/** White space or an invisible character at either end. */
const padding = /^[\s\p{Z}\p{Cc}\p{Cf}]|[\s\p{Z}\p{Cc}\p{Cf}]$/u;

/** Why a text cannot be a key, a secret or an ID: the rest of a sentence. Undefined for one that can. */
export function faultOf(text: string, name: string): string | undefined {
  if (text === '') return 'must be a text that is not empty';
  if (unsendable.test(text)) {
    return 'contains a line break, a NUL character or half a character. Remove it: trim() strips the one that text from a file ends in';
  }
  if (padding.test(text)) return 'has white space or an invisible character around it. Remove it';
  if (name === 'apiKey' && text.includes(':')) {
    return 'contains a colon, which HTTP Basic would take for its end (RFC 7617, section 2). Were key and secret pasted together, as key:secret? Give them apart';
  }
  return undefined;
}
