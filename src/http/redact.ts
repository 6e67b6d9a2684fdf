import type { PlainRequest } from '../schemes/scheme';

/** What a scheme has put into a request and nobody else may see: API secret, token or signature. */
export function attachedSecrets({ params, headers }: PlainRequest): string[] {
  const { api_secret: secret, sig } = { ...params } as { api_secret?: string; sig?: string };
  const token = String(headers['Authorization']).split(' ')[1];
  return [secret, sig, token].filter((value) => value !== undefined);
}

/** Takes secrets out of a text, percent-encoded ones too, however often they were encoded. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replace(pattern(secret), '[redacted]'), text);
}

function pattern(secret: string): RegExp {
  const characters = Array.from(secret, (character) => {
    const literal = character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    const encoded = Array.from(Buffer.from(character), (byte) => `%(?:25)*${hex(byte)}`).join('');
    return character === ' ' ? `(?:${encoded}| |\\+)` : `(?:${encoded}|${literal})`;
  });
  return new RegExp(characters.join(''), 'giu');
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
