/** Returns the token without `Authorization:` and `Bearer` before it. */
export function parseToken(text: string): string {
  return text
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^bearer\s+/i, '');
}
