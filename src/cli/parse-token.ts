/** Returns the token of a header: removes `Authorization:` and `Bearer` before it. */
export function parseToken(text: string): string {
  return text
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^bearer\s+/i, '');
}
