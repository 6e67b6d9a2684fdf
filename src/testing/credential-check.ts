import { createHash, createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { type JwtPayload, verify } from 'jsonwebtoken';
import type { SandboxScheme } from './documented-products';

export type SandboxSignatureMethod = 'md5hash' | 'md5' | 'sha1' | 'sha256' | 'sha512';

/** What the sandbox knows of its one account and its one application. */
export type Account = {
  apiKey: string | undefined;
  apiSecret: string | undefined;
  applicationId: string | undefined;
  publicKey: KeyObject | undefined;
  signatureSecret: string | undefined;
  signatureMethod: SandboxSignatureMethod;
  now: () => number;
};

/** The parts of a request in which a credential may stand. */
export type CredentialPlaces = {
  query: URLSearchParams;
  body: Readonly<Record<string, unknown>>;
  authorization: string | undefined;
};

/** Why a request is refused; `undefined` as a whole means that its credential is good. */
export type CredentialFault = { kind: 'missing' | 'wrong' | 'signature'; reason: string };

/** Which schemes a request shows; one is right, and it must be one that the product takes. */
const isPresent: Record<SandboxScheme, (places: CredentialPlaces) => boolean> = {
  query: ({ query }) => query.has('api_secret'),
  body: ({ body }) => body['api_secret'] !== undefined,
  basic: ({ authorization }) => authorization?.startsWith('Basic ') === true,
  bearer: ({ authorization }) => authorization?.startsWith('Basic ') === false,
  signature: (places) => allOf(places)['sig'] !== undefined,
};

/** Checks what a request brings against the schemes that its product takes. */
export function checkCredential(
  schemes: readonly SandboxScheme[],
  places: CredentialPlaces,
  account: Account,
): CredentialFault | undefined {
  const all = Object.keys(isPresent) as SandboxScheme[];
  const [scheme, another] = all.filter((name) => isPresent[name](places));
  if (scheme === undefined) return missing(`there is no credential for ${schemes.join(', ')}`);
  if (another !== undefined) return wrong(`there are two credentials: ${scheme} and ${another}`);
  if (!schemes.includes(scheme)) return wrong(`${scheme} is not taken here`);
  return checks[scheme](places, account);
}

type Check = (places: CredentialPlaces, account: Account) => CredentialFault | undefined;

const checks: Record<SandboxScheme, Check> = {
  query: ({ query }, account) => {
    const [keys, secrets] = [query.getAll('api_key'), query.getAll('api_secret')];
    if (keys.length > 1 || secrets.length > 1) return wrong('a parameter is there twice');
    return checkKeySecret(keys[0], secrets[0], account);
  },
  body: ({ body }, account) => checkKeySecret(body['api_key'], body['api_secret'], account),
  basic: ({ authorization }, account) => {
    const pair = Buffer.from(String(authorization).slice(6), 'base64').toString();
    const colon = pair.indexOf(':');
    return checkKeySecret(pair.slice(0, colon), pair.slice(colon + 1), account);
  },
  bearer: ({ authorization }, account) => {
    const token = /^Bearer (\S+)$/.exec(String(authorization))?.[1];
    if (token === undefined) return wrong('the Authorization header is not "Bearer <JWT>"');
    return checkToken(token, account);
  },
  signature: (places, account) => {
    const parameters = allOf(places);
    const { api_key: key, timestamp, sig } = parameters;
    if (!isEqual(key, account.apiKey)) return wrong('api_key is not that of the account');
    if (!/^\d+$/.test(String(timestamp))) return signature('timestamp is missing or no time');
    const age = Math.abs(Number(timestamp) - account.now() / 1000);
    if (age > 300) return signature('timestamp is old');
    const { signatureSecret, signatureMethod } = account;
    if (signatureSecret === undefined) return signature('the sandbox was given no signatureSecret');
    const expected = signed(parameters, signatureSecret, signatureMethod);
    const right = isEqual(String(sig).toLowerCase(), expected);
    return right ? undefined : signature('sig is not the signature of these parameters');
  },
};

function checkKeySecret(
  key: unknown,
  secret: unknown,
  account: Account,
): CredentialFault | undefined {
  if (key === undefined) return missing('api_key is missing');
  const right = isEqual(key, account.apiKey) && isEqual(secret, account.apiSecret);
  return right ? undefined : wrong('api_key or api_secret is not that of the account');
}

function allOf({ query, body }: CredentialPlaces): Readonly<Record<string, unknown>> {
  return { ...Object.fromEntries(query), ...body };
}

/** The rules of the guide, "JSON Web Tokens". It says nothing of an `iat` in the future: accepted. */
function checkToken(token: string, account: Account): CredentialFault | undefined {
  const now = Math.floor(account.now() / 1000);
  if (account.publicKey === undefined) return wrong('the sandbox was given no publicKey');
  if (account.applicationId === undefined) return wrong('the sandbox was given no applicationId');
  let claims: JwtPayload;
  try {
    const options = {
      algorithms: ['RS256' as const],
      clockTimestamp: now,
      complete: true as const,
    };
    const { header, payload } = verify(token, account.publicKey, options);
    if (header.typ !== 'JWT') return wrong('typ in the header is not JWT');
    claims = payload as JwtPayload;
  } catch (error) {
    return wrong((error as Error).message);
  }
  const { iat, jti, application_id: application } = claims;
  if (!Number.isSafeInteger(iat)) return wrong('iat is missing or no whole number of seconds');
  const exp = claims.exp ?? Number(iat) + 900;
  if (!Number.isSafeInteger(exp)) return wrong('exp is no whole number of seconds');
  if (typeof jti !== 'string' || jti === '') return wrong('jti is missing or no text');
  if (application !== account.applicationId) return wrong('application_id is not the application');
  if (exp <= now) return wrong('jwt expired');
  if (exp - Number(iat) < 30) return wrong('exp is less than 30 seconds after iat');
  if (exp - Number(iat) > 86_400) return wrong('exp is more than 24 hours after iat');
  return undefined;
}

/** The guide "Signing messages", step by step. */
function signed(
  parameters: Readonly<Record<string, unknown>>,
  secret: string,
  method: SandboxSignatureMethod,
): string {
  let text = '';
  for (const name of Object.keys(parameters).sort()) {
    if (name === 'sig') continue;
    text += `&${name}=${String(parameters[name]).replaceAll('&', '_').replaceAll('=', '_')}`;
  }
  const maker = method === 'md5hash' ? createHash('md5') : createHmac(method, secret);
  return maker.update(method === 'md5hash' ? text + secret : text).digest('hex');
}

function isEqual(given: unknown, expected: string | undefined): boolean {
  const [left, right] = [Buffer.from(String(given)), Buffer.from(String(expected))];
  return expected !== undefined && left.length === right.length && timingSafeEqual(left, right);
}

const missing = (reason: string): CredentialFault => ({ kind: 'missing', reason });
const signature = (reason: string): CredentialFault => ({ kind: 'signature', reason });
const wrong = (reason: string): CredentialFault => ({ kind: 'wrong', reason });
