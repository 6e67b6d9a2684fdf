import { isUtf8 } from 'node:buffer';
import type { Account } from './account';
import type { Arrived } from './parsed-request';
import { headerForms, readAuthorization } from './authorization-header';
import { decodeCanonical } from './base64';
import { isEqual } from './constant-time';
import { isCredentialName } from './credential-names';
import { type CredentialFault, missing, signature, wrong } from './credential-fault';
import type { SandboxScheme } from './documented-products';
import type { OAuth1Provider } from './oauth1/provider';
import { hasRepeats, repeatedAmong } from './duplicates';
import { checkSignature } from './sms-signature';
import { checkToken } from './check-jwt';

/** What a sandbox goes by when it judges a request. */
export type Known = { account: Account; oauth1: OAuth1Provider };

const order: readonly SandboxScheme[] = ['query', 'body', 'basic', 'bearer', 'signature', 'oauth1'];

/** Whether a request shows a scheme by its parameters; the other schemes show in the header. */
const isPresent: Partial<Record<SandboxScheme, (arrived: Arrived) => boolean>> = {
  query: ({ searchParams }) => searchParams.has('api_secret'),
  body: ({ fields }) => fields['api_secret'] !== undefined,
  signature: ({ names }) => names.includes('sig'),
};

/** No API has as many parameters. More would be sorted and signed for anyone who sends them. */
const maximumSigned = 250;

/** Each may stand once in query and body together. */
const credentialParameters = ['api_key', 'api_secret', 'sig', 'timestamp'];

/** The parameters that a scheme consists of. The check of OAuth 1.0a looks for its own outside the header. */
const ownParameters: Partial<Record<SandboxScheme, RegExp>> = {
  query: /^api_(key|secret)$/,
  body: /^api_(key|secret)$/,
  signature: /^(api_key|sig)$/,
  oauth1: /^oauth_/,
};

/**
 * Accepts exactly one credential, by one of the schemes that the product takes and in one spelling. A
 * request that two servers could read differently is refused, and so is a body that may hold another
 * credential.
 */
export function checkCredential(
  schemes: readonly SandboxScheme[],
  arrived: Arrived,
  known: Known,
): CredentialFault | undefined {
  const [header, secondHeader] = arrived.signed.authorizations;
  if (secondHeader !== undefined) return wrong('there is more than one Authorization header');
  if (arrived.ambiguity !== undefined) return wrong(arrived.ambiguity);
  const { scheme: headerScheme, credentials } = readAuthorization(header ?? '');
  if (header !== undefined && headerScheme === undefined) {
    return wrong(`the Authorization header is not ${formsOf(schemes)}`);
  }
  const [scheme, another] = order.filter(
    (name) => name === headerScheme || isPresent[name]?.(arrived) === true,
  );
  if (scheme === undefined) return missing(`there is no credential for ${schemes.join(', ')}`);
  if (another !== undefined) return wrong(`there are two credentials: ${scheme} and ${another}`);
  if (!schemes.includes(scheme)) return wrong(`${scheme} is not taken here`);
  const repeated = repeatedAmong(arrived.names, credentialParameters);
  if (repeated !== undefined) return wrong(`${repeated} stands more than once in query and body`);
  const isOwn = (name: string) => ownParameters[scheme]?.test(name) === true;
  const second =
    arrived.names.find((name) => isCredentialName(name) && !isOwn(name)) ?? arrived.hidden[0];
  if (second !== undefined) return wrong(`there are two credentials: ${scheme} and ${second}`);
  if (arrived.method !== 'POST' && arrived.bodyNames.some(isOwn)) {
    return wrong(`a credential in the body is not taken of a ${arrived.method}, only of a POST`);
  }
  return checks[scheme](arrived, known, credentials);
}

function formsOf(schemes: readonly SandboxScheme[]): string {
  const forms: Partial<Record<SandboxScheme, string>> = headerForms;
  return schemes.flatMap((scheme) => forms[scheme] ?? []).join(' or ') || 'taken here';
}

type Check = (arrived: Arrived, known: Known, credentials: string) => CredentialFault | undefined;

const checks: Record<SandboxScheme, Check> = {
  query: ({ query }, { account }) => checkKeySecret(query['api_key'], query['api_secret'], account),
  body: ({ fields }, { account }) =>
    checkKeySecret(fields['api_key'], fields['api_secret'], account),
  basic: (_arrived, { account }, credentials) => checkBasic(credentials, account),
  bearer: (_arrived, { account }, token) =>
    /^\S+$/.test(token)
      ? checkToken(token, account)
      : wrong(`the Authorization header is not ${headerForms.bearer}`),
  signature: ({ query, fields, names, bodyNames }, { account }) => {
    if (names.length > maximumSigned) {
      return signature(`there are more than ${maximumSigned} parameters to sign`);
    }
    if (hasRepeats(names)) {
      return signature(
        'a parameter stands more than once, and how that is signed is not documented',
      );
    }
    const inBody = ['api_key', 'sig'].filter((name) => bodyNames.includes(name));
    return names.includes('api_key') && inBody.length === 1
      ? signature('api_key and sig do not stand together, both in the query or both in the body')
      : checkSignature({ ...query, ...fields }, account);
  },
  oauth1: ({ signed, bodyNames }, { account, oauth1 }) => {
    const unsigned =
      signed.form === '' ? bodyNames.find((name) => name.startsWith('oauth_')) : undefined;
    return unsigned === undefined
      ? oauth1.checkAccess(signed, account)
      : wrong(`there are two credentials: oauth1 and ${unsigned}`);
  },
};

/** RFC 7617 section 2. */
function checkBasic(credentials: string, account: Account): CredentialFault | undefined {
  const bytes = decodeCanonical(credentials, 'base64');
  if (bytes === undefined) return wrong('the Basic credentials are not canonical base64');
  if (!isUtf8(bytes)) return wrong('the Basic credentials are not UTF-8');
  const pair = bytes.toString();
  const colon = pair.indexOf(':');
  if (colon === -1) return wrong('the Basic credentials have no colon between key and secret');
  return checkKeySecret(pair.slice(0, colon), pair.slice(colon + 1), account);
}

function checkKeySecret(
  key: unknown,
  secret: unknown,
  account: Account,
): CredentialFault | undefined {
  if (key === undefined) return missing('api_key is missing');
  const right = isEqual(key, account.apiKey) && isEqual(secret, account.apiSecret);
  return right ? undefined : wrong('api_key or api_secret is not that of the account');
}
