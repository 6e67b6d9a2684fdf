import { createHash, createHmac } from 'node:crypto';
import type { Account, SandboxSignatureMethod } from './account';
import { equalsSecret } from './constant-time';
import { invalidSignature, type Refusal, wrong } from './refusal-responses';

/** The guide does not say how old a timestamp may be. */
const tolerance = 300;

/** Checks `sig` as in the guide "Signing messages". */
export function checkSmsSignature(
  parameters: Readonly<Record<string, unknown>>,
  { apiKey, signatureSecret, signatureMethod, now }: Account,
): Refusal | undefined {
  const { api_key: key, sig } = parameters;
  if (!equalsSecret(key, apiKey)) return wrong('api_key does not match the account');
  const compound = Object.keys(parameters).find((name) => typeof parameters[name] === 'object');
  if (compound !== undefined) {
    return invalidSignature(`${compound} has a value that cannot be signed`);
  }
  const texts = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, String(value)]),
  );
  const { timestamp = '' } = texts;
  if (!/^\d+$/.test(timestamp)) {
    return invalidSignature('timestamp is missing or not a whole number of seconds');
  }
  if (Math.abs(Number(timestamp) - now() / 1000) > tolerance) {
    return invalidSignature(`timestamp is more than ${tolerance} seconds from the clock`);
  }
  if (signatureSecret === undefined) {
    return invalidSignature('the sandbox was given no signatureSecret');
  }
  const expected = smsSignature(texts, signatureSecret, signatureMethod);
  return typeof sig === 'string' && equalsSecret(sig.toLowerCase(), expected)
    ? undefined
    : invalidSignature('sig is not the signature of these parameters');
}

/** Signs all parameters except `sig`, unmodified. Returns lower-case hexadecimal. */
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
  // Sorted by UTF-8 bytes. JavaScript would sort strings by UTF-16 code units.
  pairs.sort((left, right) => Buffer.compare(left.name, right.name));
  const text = pairs.map((pair) => pair.text).join('');
  return method === 'md5hash'
    ? createHash('md5')
        .update(text + secret)
        .digest('hex')
    : createHmac(method, secret).update(text).digest('hex');
}
