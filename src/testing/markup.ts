const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text and quoted attributes for XML and HTML. Characters that XML 1.0 forbids become U+FFFD. */
export function escapeMarkup(value: unknown): string {
  return toText(value)
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replace(/[&<>"']/g, (character) => String(escapes[character]));
}

/**
 * Converts a value to text. `String` would call `toString` and `valueOf`, which a client can replace with members of
 * these names.
 */
function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
