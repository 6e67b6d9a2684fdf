import { createHash, createHmac } from 'node:crypto';
import type { Account, SandboxSignatureMethod } from './account';
import { isEqual } from './constant-time';
import { type CredentialFault, signature, wrong } from './credential-fault';

/** The guide "Signing messages"; how old a timestamp may be is not documented: 300 seconds. */
export function checkSignature(
  parameters: Readonly<Record<string, unknown>>,
  { apiKey, signatureSecret, signatureMethod, now }: Account,
): CredentialFault | undefined {
  const { api_key: key, timestamp, sig } = parameters;
  if (!isEqual(key, apiKey)) return wrong('api_key is not that of the account');
  if (!/^\d+$/.test(String(timestamp))) return signature('timestamp is missing or no time');
  const age = Math.abs(Number(timestamp) - now() / 1000);
  if (age > 300) return signature('timestamp is old');
  if (signatureSecret === undefined) return signature('the sandbox was given no signatureSecret');
  const expected = signatureOf(parameters, signatureSecret, signatureMethod);
  const right = isEqual(String(sig).toLowerCase(), expected);
  return right ? undefined : signature('sig is not the signature of these parameters');
}

/** Hexadecimal, in lower case; of all parameters but `sig`, as they are. */
export function signatureOf(
  parameters: Readonly<Record<string, unknown>>,
  secret: string,
  method: SandboxSignatureMethod,
): string {
  let text = '';
  for (const name of Object.keys(parameters).sort(compareBytes)) {
    if (name === 'sig') continue;
    text += `&${name}=${String(parameters[name]).replaceAll('&', '_').replaceAll('=', '_')}`;
  }
  const maker = method === 'md5hash' ? createHash('md5') : createHmac(method, secret);
  return maker.update(method === 'md5hash' ? text + secret : text).digest('hex');
}

/** The order of the UTF-8 bytes, for what is signed is those; a JavaScript text sorts by its UTF-16. */
function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
