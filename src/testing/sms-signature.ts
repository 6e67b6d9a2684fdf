import { createHash, createHmac } from 'node:crypto';
import type { Account, SandboxSignatureMethod } from './account';
import { equalsSecret } from './constant-time';
import { quotedName } from './credential-names';
import { badSignature, type Refusal, wrong } from './refusal-responses';

/**
 * Checks a signature (guide "Signing messages"). Accepts a timestamp within 300 seconds of the sandbox's clock. The
 * guide gives no limit.
 */
export function checkSmsSignature(
  parameters: Readonly<Record<string, unknown>>,
  { apiKey, signatureSecret, signatureMethod, now }: Account,
): Refusal | undefined {
  const { api_key: key, sig } = parameters;
  if (!equalsSecret(key, apiKey)) return wrong('api_key does not match the account');
  const compound = Object.keys(parameters).find((name) => typeof parameters[name] === 'object');
  if (compound !== undefined)
    return badSignature(`${quotedName(compound)} has a value that cannot be signed`);
  const unsafeName = Object.keys(parameters).find((name) => /[&=]/.test(name));
  if (unsafeName !== undefined)
    return badSignature('a name contains & or =, so it could hide a parameter');
  const texts = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, String(value)]),
  );
  const { timestamp = '' } = texts;
  if (!/^\d+$/.test(timestamp)) return badSignature('timestamp is not a whole number of seconds');
  const age = Math.abs(Number(timestamp) - now() / 1000);
  if (age > 300) return badSignature('timestamp is more than 300 seconds from the clock');
  if (signatureSecret === undefined)
    return badSignature('the sandbox was given no signatureSecret');
  const expected = smsSignature(texts, signatureSecret, signatureMethod);
  return typeof sig === 'string' && equalsSecret(sig.toLowerCase(), expected)
    ? undefined
    : badSignature('sig is not the signature of these parameters');
}

/**
 * The first number in JSON whose text a parser could change, such as 1.0 or a number of 20 digits. The signature would
 * then cover another text than the one that was sent.
 */
export function inexactNumber(json: string): string | undefined {
  const withoutStrings = json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '');
  const numbers = Array.from(withoutStrings.matchAll(/-?\d[\d.eE+-]*/g), ([number]) => number);
  return numbers.find((number) => String(Number(number)) !== number);
}

/** Signs all parameters except `sig`, and returns lower-case hexadecimal. Replaces `&` and `=` in values with `_`. */
export function smsSignature(
  parameters: Readonly<Record<string, string>>,
  secret: string,
  method: SandboxSignatureMethod,
): string {
  const pairs = Object.entries(parameters)
    .filter(([name]) => name !== 'sig')
    .map(([name, value]) => ({
      name: Buffer.from(name),
      text: `&${name}=${value.replaceAll(/[&=]/g, '_')}`,
    }));
  // Sorts by UTF-8 bytes. JavaScript would sort strings by UTF-16 code units.
  pairs.sort((left, right) => Buffer.compare(left.name, right.name));
  const text = pairs.map((pair) => pair.text).join('');
  return method === 'md5hash'
    ? createHash('md5')
        .update(text + secret)
        .digest('hex')
    : createHmac(method, secret).update(text).digest('hex');
}
