import type { AuthRequest } from '../schemes/scheme';

/** The secrets that a scheme has put into a request: the API secret, or the token. */
export function attachedSecrets({ params, headers }: AuthRequest): string[] {
  const { api_secret: secret, Authorization: header } = { ...params, ...headers } as Record<
    string,
    unknown
  >;
  return [secret, typeof header === 'string' && header.split(' ')[1]].filter(
    (value) => typeof value === 'string',
  );
}

/** Takes secrets out of a text, percent-encoded ones too, however often they were encoded. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replace(pattern(secret), '[redacted]'), text);
}

function pattern(secret: string): RegExp {
  const spellings = Array.from(secret, (character) => {
    const encoded = Array.from(Buffer.from(character), (byte) => `%(?:25)*${hex(byte)}`).join('');
    const literal = `\\u{${(character.codePointAt(0) as number).toString(16)}}`;
    return character === ' ' ? `(?:${literal}|${encoded}|\\+)` : `(?:${literal}|${encoded})`;
  });
  return new RegExp(spellings.join(''), 'giu');
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
