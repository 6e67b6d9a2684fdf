/**
 * A text with the capital letters of ASCII in lower case, as host names are compared (RFC 4343). `toLowerCase` also
 * turns the Kelvin sign (U+212A) into a `k`.
 */
export function lowerCaseAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
