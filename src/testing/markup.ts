const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a value for text and quoted attributes in XML and HTML. Characters that XML 1.0 forbids become U+FFFD. */
export function escapeMarkup(value: unknown): string {
  return toText(value)
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replace(/[&<>"']/g, (character) => String(escapes[character]));
}

/**
 * Returns a string unchanged and any other value as JSON. `String` would call `toString` or `valueOf` of the value, and
 * a client can send an object with members of these names.
 */
function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
