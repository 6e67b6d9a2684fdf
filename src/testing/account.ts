import { createPublicKey, type KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { kindOf, NexmoAuthError, unknownName } from '../errors';
import { apiKeyFault } from './api-key';

export type SandboxSignatureMethod = 'md5hash' | 'md5' | 'sha1' | 'sha256' | 'sha512';

export const signatureMethods: readonly SandboxSignatureMethod[] = [
  'md5hash',
  'md5',
  'sha1',
  'sha256',
  'sha512',
];

/** A consumer of OAuth 1.0a, and if wanted an access token that is good without being asked for. */
export type SandboxOAuth1 = {
  consumerKey: string;
  consumerSecret: string;
  token?: string | undefined;
  tokenSecret?: string | undefined;
};

/** The one account and the one application that the sandbox knows; what is left out is refused. */
export type SandboxAccount = {
  apiKey?: string | undefined;
  apiSecret?: string | undefined;
  applicationId?: string | undefined;
  /** PEM text or a `KeyObject`: the public half of the application's key. */
  publicKey?: string | Uint8Array | KeyObject | undefined;
  signatureSecret?: string | undefined;
  /** `md5hash` by default. */
  signatureMethod?: SandboxSignatureMethod | undefined;
  oauth1?: SandboxOAuth1 | undefined;
};

/** The account as the checks take it, and the clock that they go by. */
export type Account = {
  apiKey: string | undefined;
  apiSecret: string | undefined;
  applicationId: string | undefined;
  publicKey: KeyObject | undefined;
  signatureSecret: string | undefined;
  signatureMethod: SandboxSignatureMethod;
  oauth1: SandboxOAuth1 | undefined;
  /** Milliseconds. */
  now: () => number;
};

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireObject(options: unknown): void {
  if (kindOf(options) !== 'an object') throw invalid('The sandbox takes an object of options.');
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION`, `ERR_KEY_INVALID` */
export function readAccount(options: SandboxAccount, now: () => number): Account {
  const { publicKey, signatureMethod = 'md5hash', oauth1, ...given } = options;
  const { apiKey, apiSecret, applicationId, signatureSecret, ...unknown } = given;
  refuseUnknown(unknown);
  const texts = { apiKey, apiSecret, applicationId, signatureSecret };
  requireTexts(texts);
  if (!signatureMethods.includes(signatureMethod)) {
    throw invalid(`signatureMethod is one of ${signatureMethods.join(', ')}.`);
  }
  return {
    ...texts,
    publicKey: parseKey(publicKey),
    signatureMethod,
    oauth1: oauth1 && readOAuth1(oauth1),
    now,
  };
}

function readOAuth1(oauth1: SandboxOAuth1): SandboxOAuth1 {
  const { consumerKey, consumerSecret, token, tokenSecret, ...unknown } = oauth1;
  const isPair = (token === undefined) === (tokenSecret === undefined);
  if (!consumerKey || !consumerSecret || !isPair || Object.keys(unknown).length > 0) {
    throw invalid(
      'oauth1 is { consumerKey, consumerSecret }, with both token and tokenSecret or none.',
    );
  }
  requireTexts({ consumerKey, consumerSecret, token, tokenSecret });
  return { consumerKey, consumerSecret, token, tokenSecret };
}

const optionNames = [
  'apiKey',
  'apiSecret',
  'applicationId',
  'publicKey',
  'signatureSecret',
  'signatureMethod',
  'oauth1',
  'now',
];

function refuseUnknown(rest: object): void {
  const [name] = Object.keys(rest);
  if (name === undefined) return;
  throw invalid(
    /^(port|host|hostname|address)$/.test(name)
      ? `The sandbox has no option "${name}": it listens on a free port of 127.0.0.1. Its url() and products say where.`
      : `${unknownName('option', name, optionNames)} Only startSandbox takes now.`,
  );
}

/** Half a character could be neither sent nor signed. */
function requireTexts(texts: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(texts)) {
    if (value === undefined) continue;
    if (typeof value !== 'string' || value === '' || /\p{Surrogate}/u.test(value)) {
      throw invalid(`${name} must be a text that is not empty.`);
    }
    const fault = name === 'apiKey' ? apiKeyFault(value) : undefined;
    if (fault !== undefined) throw invalid(`apiKey ${fault}`);
  }
}

function parseKey(key: SandboxAccount['publicKey']): KeyObject | undefined {
  if (key === undefined || types.isKeyObject(key)) return key;
  try {
    return createPublicKey(typeof key === 'string' ? key : Buffer.from(key));
  } catch {
    throw new NexmoAuthError('ERR_KEY_INVALID', 'publicKey must be PEM text or a KeyObject.');
  }
}

function invalid(message: string): NexmoAuthError {
  return new NexmoAuthError('ERR_INVALID_OPTION', message);
}
