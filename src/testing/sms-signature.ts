import { createHash, createHmac } from 'node:crypto';
import type { Account, SandboxSignatureMethod } from './account';
import { isEqual } from './constant-time';
import { type CredentialFault, signature, wrong } from './credential-fault';

/** The guide "Signing messages"; how old a timestamp may be is not documented: 300 seconds. */
export function checkSignature(
  parameters: Readonly<Record<string, unknown>>,
  { apiKey, signatureSecret, signatureMethod, now }: Account,
): CredentialFault | undefined {
  const { api_key: key, sig } = parameters;
  if (!isEqual(key, apiKey)) return wrong('api_key is not that of the account');
  const compound = Object.keys(parameters).find((name) => typeof parameters[name] === 'object');
  if (compound !== undefined) return signature(`${compound} has no text that could be signed`);
  const texts = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, String(value)]),
  );
  const { timestamp = '' } = texts;
  if (!/^\d+$/.test(timestamp)) return signature('timestamp is missing or no time');
  const age = Math.abs(Number(timestamp) - now() / 1000);
  if (age > 300) return signature('timestamp is old');
  if (signatureSecret === undefined) return signature('the sandbox was given no signatureSecret');
  const expected = signatureOf(texts, signatureSecret, signatureMethod);
  const right = typeof sig === 'string' && isEqual(sig.toLowerCase(), expected);
  return right ? undefined : signature('sig is not the signature of these parameters');
}

/** Hexadecimal, in lower case; of all parameters but `sig`, as they are. */
export function signatureOf(
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
  // The order of the UTF-8 bytes, which are signed; a JavaScript string sorts by its UTF-16.
  pairs.sort((left, right) => Buffer.compare(left.name, right.name));
  const text = pairs.map((pair) => pair.text).join('');
  const maker = method === 'md5hash' ? createHash('md5') : createHmac(method, secret);
  return maker.update(method === 'md5hash' ? text + secret : text).digest('hex');
}
