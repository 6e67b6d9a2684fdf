import { possibleFields } from '../schemes/body';
import type { PlainRequest } from '../schemes/scheme';

type Parameters = { api_secret?: string; sig?: string };

/**
 * What a scheme has put into a request and nobody else may see: API secret, token, signature, or the
 * value of a Basic header. `given` is the body before.
 */
export function attachedSecrets(request: PlainRequest, given: unknown): string[] {
  const { params, headers, data } = request;
  const [body = {}] = data === given ? [] : possibleFields(request);
  const fields = body instanceof URLSearchParams ? Object.fromEntries(body) : (body as object);
  const { api_secret: secret, sig } = { ...fields, ...params } as Parameters;
  const [, scheme, value] = /^(\S+) (.*)$/.exec(String(headers['Authorization'])) ?? [];
  const inHeader = secretsIn[String(scheme)]?.(String(value)) ?? [];
  return [secret, sig, ...inHeader].filter((text) => text !== undefined);
}

/** By the scheme that an Authorization header names. */
const secretsIn: Partial<Record<string, (value: string) => string[]>> = {
  Basic: (value) => [value, passwordOf(value)],
  Bearer: (value) => [value],
  OAuth: (value) =>
    Array.from(value.matchAll(/oauth_(?:signature|token)="([^"]*)"/g), ([, text]) =>
      decodeURIComponent(String(text)),
    ),
};

function passwordOf(value: string): string {
  const pair = Buffer.from(value, 'base64').toString();
  return pair.slice(pair.indexOf(':') + 1);
}

/** Takes secrets out of a text, percent-encoded ones too, however often they were encoded. */
export function redact(text: string, secrets: readonly string[]): string {
  if (!secrets.some((secret) => mayHold(text, secret))) return text;
  return text.replace(new RegExp(secrets.map(pattern).join('|'), 'giu'), '[redacted]');
}

/** Says no, without a costly pattern, to nearly every text that holds no secret. */
function mayHold(text: string, secret: string): boolean {
  if (text.length < secret.length) return false;
  return /[%+\u0080-\uFFFF]/.test(text) || text.toLowerCase().includes(secret.toLowerCase());
}

function pattern(secret: string): string {
  const characters = Array.from(secret, (character) => {
    const literal = character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    const encoded = Array.from(Buffer.from(character), (byte) => `%(?:25)*${hex(byte)}`).join('');
    return character === ' ' ? `(?:${encoded}| |\\+)` : `(?:${encoded}|${literal})`;
  });
  return characters.join('');
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
