import type { KeyObject } from 'node:crypto';
import { kindOf, unknownName } from '../errors';
import { apiKeyFault } from './api-key';
import { invalid, requireOneOf, requireString } from './options';
import { readPublicKey } from './public-key';

/** The signature methods of the sandbox, as in the settings of an account. */
export type SandboxSignatureMethod = 'md5hash' | 'md5' | 'sha1' | 'sha256' | 'sha512';

export const signatureMethods: readonly SandboxSignatureMethod[] = [
  'md5hash',
  'md5',
  'sha1',
  'sha256',
  'sha512',
];

/** An OAuth 1.0a consumer, and optionally an access token. The sandbox accepts that token without the OAuth flow. */
export type SandboxOAuth1 = {
  /** The key of the consumer. */
  consumerKey: string;
  /** The secret of the consumer. */
  consumerSecret: string;
  /** The access token. */
  token?: string | undefined;
  /** The secret of the access token. */
  tokenSecret?: string | undefined;
};

/** A project of OpenTok, the legacy Video API. */
export type SandboxOpenTok = {
  /** The API key of the project. */
  apiKey: string;
  /** The secret of the project. */
  apiSecret: string;
};

/**
 * The only account and application that the sandbox accepts. If an option is omitted, every credential that depends on
 * it is refused.
 */
export type SandboxAccount = {
  /** The API key. */
  apiKey?: string | undefined;
  /** The API secret. */
  apiSecret?: string | undefined;
  /** The ID of the application. */
  applicationId?: string | undefined;
  /** The public key of the application, as PEM text or a `KeyObject`. */
  publicKey?: string | Uint8Array | KeyObject | undefined;
  /** The secret that signs SMS and callbacks. */
  signatureSecret?: string | undefined;
  /** The signature method of the account (default: `md5hash`). */
  signatureMethod?: SandboxSignatureMethod | undefined;
  /** The consumer of OAuth 1.0a. */
  oauth1?: SandboxOAuth1 | undefined;
  /** The project of OpenTok. */
  opentok?: SandboxOpenTok | undefined;
};

/** The validated account, and the clock for time checks. */
export type Account = Omit<SandboxAccount, 'publicKey' | 'signatureMethod'> & {
  publicKey: KeyObject | undefined;
  signatureMethod: SandboxSignatureMethod;
  /** Returns milliseconds since the epoch. */
  now: () => number;
};

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireObject(options: unknown): void {
  if (kindOf(options) !== 'an object') throw invalid('The options must be an object.');
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION`, `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT` */
export function readAccount(options: SandboxAccount, now: () => number): Account {
  const { publicKey, signatureMethod = 'md5hash', oauth1, opentok, ...rest } = options;
  const { apiKey, apiSecret, applicationId, signatureSecret, ...unknown } = rest;
  refuseUnknownOptions(unknown);
  const strings = { apiKey, apiSecret, applicationId, signatureSecret };
  requireStrings(strings);
  requireOneOf(signatureMethod, signatureMethods, 'signatureMethod');
  return {
    ...strings,
    publicKey: publicKey === undefined ? undefined : readPublicKey(publicKey),
    signatureMethod,
    oauth1: oauth1 && readOAuth1(oauth1),
    opentok: opentok && readOpenTok(opentok),
    now,
  };
}

function readOAuth1(oauth1: SandboxOAuth1): SandboxOAuth1 {
  const { consumerKey, consumerSecret, token, tokenSecret, ...unknown } = oauth1;
  const isPair = (token === undefined) === (tokenSecret === undefined);
  if (!consumerKey || !consumerSecret || !isPair || Object.keys(unknown).length > 0) {
    throw invalid(
      'oauth1 must be { consumerKey, consumerSecret }, and have both token and tokenSecret or neither.',
    );
  }
  requireStrings({ consumerKey, consumerSecret, token, tokenSecret });
  return { consumerKey, consumerSecret, token, tokenSecret };
}

function readOpenTok(opentok: SandboxOpenTok): SandboxOpenTok {
  const { apiKey, apiSecret, ...unknown } = opentok;
  if (Object.keys(unknown).length > 0) throw invalid('opentok must be { apiKey, apiSecret }.');
  return {
    apiKey: requireString(apiKey, 'opentok.apiKey'),
    apiSecret: requireString(apiSecret, 'opentok.apiSecret'),
  };
}

const optionNames = [
  'apiKey',
  'apiSecret',
  'applicationId',
  'publicKey',
  'signatureSecret',
  'signatureMethod',
  'oauth1',
  'opentok',
  'now',
  'port',
  'maxRequests',
  'onRequest',
];

function refuseUnknownOptions(unknown: object): void {
  const [name] = Object.keys(unknown);
  if (name === undefined) return;
  throw invalid(
    /^(host|hostname|address)$/.test(name)
      ? `The sandbox has no option "${name}", since it listens on 127.0.0.1. Read its URLs from url() or products.`
      : `${unknownName('option', name, optionNames)} Only startSandbox accepts the options now, port, maxRequests and onRequest.`,
  );
}

function requireStrings(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    const text = value === undefined ? undefined : requireString(value, name);
    const fault = name === 'apiKey' && text !== undefined ? apiKeyFault(text) : undefined;
    if (fault !== undefined) throw invalid(`apiKey ${fault}`);
  }
}
