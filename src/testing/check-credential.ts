import { isUtf8 } from 'node:buffer';
import type { Account } from './account';
import { headerFormats, parseAuthorization } from './authorization-header';
import { decodeCanonical } from './base64';
import { checkJwt, checkOpenTokJwt } from './check-jwt';
import { equalsSecret } from './constant-time';
import { isCredentialName, quotedName } from './credential-names';
import type { SandboxScheme } from './documented-product';
import { findDuplicate, hasDuplicates } from './duplicates';
import type { OAuth1Provider } from './oauth1/provider';
import type { ParsedRequest } from './parsed-request';
import { badSignature, missing, type Refusal, wrong } from './refusal-responses';
import { checkSmsSignature, inexactNumber } from './sms-signature';

/** The data that a sandbox needs in order to check a request. */
export type SandboxState = { account: Account; oauth1: OAuth1Provider };

const schemeOrder: readonly SandboxScheme[] = [
  'query',
  'body',
  'basic',
  'bearer',
  'signature',
  'oauth1',
  'opentok',
];

/**
 * Recognises the schemes that use parameters or a header of their own. The Authorization header shows the other
 * schemes.
 */
const isPresent: Partial<Record<SandboxScheme, (request: ParsedRequest) => boolean>> = {
  query: ({ searchParams }) => searchParams.has('api_secret'),
  body: ({ fields }) => fields['api_secret'] !== undefined,
  signature: ({ names }) => names.includes('sig'),
  opentok: ({ opentokTokens }) => opentokTokens.length > 0,
};

/** The schemes of all credentials in a request, whether or not the product accepts these schemes. */
export function presentedSchemes(request: ParsedRequest): SandboxScheme[] {
  const [header = ''] = request.oauth1Parts.authorizations;
  const { scheme } = parseAuthorization(header);
  return schemeOrder.filter((name) => name === scheme || isPresent[name]?.(request) === true);
}

/**
 * The maximum number of parameters in a signed request. Without a limit, a client could overload the sandbox. No API
 * has so many parameters.
 */
const maxSignedParameters = 250;

/** Parameters that may appear only once in query and body together. */
const credentialParameters = ['api_key', 'api_secret', 'sig', 'timestamp'];

/** The parameters of each scheme. OAuth 1.0a has its own check for parameters outside the header. */
const schemeParameters: Partial<Record<SandboxScheme, RegExp>> = {
  query: /^api_(key|secret)$/,
  body: /^api_(key|secret)$/,
  signature: /^(api_key|sig)$/,
  oauth1: /^oauth_/,
};

/**
 * Requires exactly one credential. The credential must be in the canonical spelling, and the product must accept the
 * credential's scheme. Refuses a request that two servers could read differently, and a body that may hold a second
 * credential.
 */
export function checkCredential(
  schemes: readonly SandboxScheme[],
  request: ParsedRequest,
  state: SandboxState,
): Refusal | undefined {
  const [header, secondHeader] = request.oauth1Parts.authorizations;
  if (secondHeader !== undefined) return wrong('there is more than one Authorization header');
  if (request.ambiguity !== undefined) return wrong(request.ambiguity);
  const { scheme: headerScheme, credentials } = parseAuthorization(header ?? '');
  if (header !== undefined && headerScheme === undefined) {
    return wrong(`the Authorization header is not ${formatsOf(schemes)}`);
  }
  const [scheme, secondScheme] = presentedSchemes(request);
  if (scheme === undefined) return missing(`there is no credential for ${schemes.join(', ')}`);
  if (secondScheme !== undefined) return twoCredentials(scheme, secondScheme);
  if (!schemes.includes(scheme)) return wrong(`${scheme} is not accepted here`);
  const duplicate = findDuplicate(request.names, credentialParameters);
  if (duplicate !== undefined)
    return wrong(`${duplicate} appears more than once in query and body`);
  const isOfScheme = (name: string) => schemeParameters[scheme]?.test(name) === true;
  const other = request.names.find((name) => isCredentialName(name) && !isOfScheme(name));
  const second = other === undefined ? request.misplacedCredentials[0] : quotedName(other);
  if (second !== undefined) return twoCredentials(scheme, second);
  if (request.method !== 'POST' && request.bodyNames.some(isOfScheme)) {
    return wrong(`a credential in the body is accepted only in a POST, not in a ${request.method}`);
  }
  return checks[scheme](request, state, credentials);
}

function twoCredentials(first: string, second: string): Refusal {
  return wrong(`there are two credentials: ${first} and ${second}`);
}

function formatsOf(schemes: readonly SandboxScheme[]): string {
  const formats: Partial<Record<SandboxScheme, string>> = headerFormats;
  return schemes.flatMap((scheme) => formats[scheme] ?? []).join(' or ') || 'accepted here';
}

type Check = (
  request: ParsedRequest,
  state: SandboxState,
  credentials: string,
) => Refusal | undefined;

const checks: Record<SandboxScheme, Check> = {
  query: ({ query }, { account }) => checkKeySecret(query['api_key'], query['api_secret'], account),
  body: ({ fields }, { account }) =>
    checkKeySecret(fields['api_key'], fields['api_secret'], account),
  basic: (_request, { account }, credentials) => checkBasic(credentials, account),
  bearer: (_request, { account }, token) =>
    /^\S+$/.test(token)
      ? checkJwt(token, account)
      : wrong(`the Authorization header is not ${headerFormats.bearer}`),
  signature: ({ query, fields, names, body, bodyNames }, { account }) => {
    if (names.length > maxSignedParameters) {
      return badSignature(`there are more than ${maxSignedParameters} parameters to sign`);
    }
    if (hasDuplicates(names)) {
      return badSignature(
        'a parameter appears more than once, and how to sign that is not documented',
      );
    }
    const isJson = Object.values(fields).some((value) => typeof value === 'number');
    const inexact = isJson ? inexactNumber(body) : undefined;
    if (inexact !== undefined) {
      return badSignature(`the number ${inexact} is written differently by some parsers`);
    }
    const inBody = ['api_key', 'sig'].filter((name) => bodyNames.includes(name));
    return names.includes('api_key') && inBody.length === 1
      ? badSignature('api_key and sig must both be in the query or both in the body')
      : checkSmsSignature({ ...query, ...fields }, account);
  },
  oauth1: ({ oauth1Parts, bodyNames }, { account, oauth1 }) => {
    const unsigned =
      oauth1Parts.form === '' ? bodyNames.find((name) => name.startsWith('oauth_')) : undefined;
    return unsigned === undefined
      ? oauth1.checkAccess(oauth1Parts, account)
      : twoCredentials('oauth1', quotedName(unsigned));
  },
  opentok: ({ opentokTokens: [token, ...others] }, { account }) =>
    others.length > 0
      ? wrong('there is more than one X-OPENTOK-AUTH header')
      : checkOpenTokJwt(String(token), account),
};

/** Checks HTTP Basic (RFC 7617 section 2). */
function checkBasic(credentials: string, account: Account): Refusal | undefined {
  const bytes = decodeCanonical(credentials, 'base64');
  if (bytes === undefined) return wrong('the Basic credentials are not canonical base64');
  if (!isUtf8(bytes)) return wrong('the Basic credentials are not UTF-8');
  const pair = bytes.toString();
  const colon = pair.indexOf(':');
  if (colon === -1) return wrong('the Basic credentials have no colon between key and secret');
  return checkKeySecret(pair.slice(0, colon), pair.slice(colon + 1), account);
}

function checkKeySecret(key: unknown, secret: unknown, account: Account): Refusal | undefined {
  if (key === undefined) return missing('api_key is missing');
  return equalsSecret(key, account.apiKey) && equalsSecret(secret, account.apiSecret)
    ? undefined
    : wrong('api_key or api_secret does not match the account');
}
