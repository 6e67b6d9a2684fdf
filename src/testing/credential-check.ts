import type { Account } from './account';
import type { Arrived } from './arrived';
import { isEqual } from './constant-time';
import { type CredentialFault, missing, wrong } from './credential-fault';
import type { SandboxScheme } from './documented-products';
import { isOAuth1Header } from './oauth1/header';
import type { OAuth1Provider } from './oauth1/provider';
import { checkSignature } from './sms-signature';
import { checkToken } from './token-check';

/** What a sandbox goes by when it judges a request. */
export type Known = { account: Account; oauth1: OAuth1Provider };

type Test = (arrived: Arrived) => boolean;

const authorizationOf = ({ headers }: Arrived): string => String(headers['authorization'] ?? '');
const isBasic: Test = (arrived) => authorizationOf(arrived).startsWith('Basic ');
const isOAuth1: Test = (arrived) => isOAuth1Header(authorizationOf(arrived));

/** Which schemes a request shows; one is right, and it must be one that the product takes. */
const isPresent: Record<SandboxScheme, Test> = {
  query: ({ searchParams }) => searchParams.has('api_secret'),
  body: ({ fields }) => fields['api_secret'] !== undefined,
  basic: isBasic,
  bearer: (arrived) =>
    arrived.headers['authorization'] !== undefined && !isBasic(arrived) && !isOAuth1(arrived),
  signature: (arrived) => allOf(arrived)['sig'] !== undefined,
  oauth1: isOAuth1,
};

/** Checks what a request brings against the schemes that its product takes. */
export function checkCredential(
  schemes: readonly SandboxScheme[],
  arrived: Arrived,
  known: Known,
): CredentialFault | undefined {
  const all = Object.keys(isPresent) as SandboxScheme[];
  const [scheme, another] = all.filter((name) => isPresent[name](arrived));
  if (scheme === undefined) return missing(`there is no credential for ${schemes.join(', ')}`);
  if (another !== undefined) return wrong(`there are two credentials: ${scheme} and ${another}`);
  if (!schemes.includes(scheme)) return wrong(`${scheme} is not taken here`);
  return checks[scheme](arrived, known);
}

type Check = (arrived: Arrived, known: Known) => CredentialFault | undefined;

const checks: Record<SandboxScheme, Check> = {
  query: ({ searchParams }, { account }) => {
    const [keys, secrets] = [searchParams.getAll('api_key'), searchParams.getAll('api_secret')];
    if (keys.length > 1 || secrets.length > 1) return wrong('a parameter is there twice');
    return checkKeySecret(keys[0], secrets[0], account);
  },
  body: ({ fields }, { account }) =>
    checkKeySecret(fields['api_key'], fields['api_secret'], account),
  basic: (arrived, { account }) => {
    const pair = Buffer.from(authorizationOf(arrived).slice(6), 'base64').toString();
    const colon = pair.indexOf(':');
    return checkKeySecret(pair.slice(0, colon), pair.slice(colon + 1), account);
  },
  bearer: (arrived, { account }) => {
    const token = /^Bearer (\S+)$/.exec(authorizationOf(arrived))?.[1];
    if (token === undefined) return wrong('the Authorization header is not "Bearer <JWT>"');
    return checkToken(token, account);
  },
  signature: (arrived, { account }) => checkSignature(allOf(arrived), account),
  oauth1: ({ signed }, { account, oauth1 }) => oauth1.checkAccess(signed, account),
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

function allOf({ query, fields }: Arrived): Readonly<Record<string, unknown>> {
  return { ...query, ...fields };
}
