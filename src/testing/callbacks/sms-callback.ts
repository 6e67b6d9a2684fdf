import { randomUUID } from 'node:crypto';
import { type SandboxSignatureMethod, signatureMethods } from '../account';
import { nowInSeconds } from '../clock';
import { smsSignature } from '../sms-signature';
import { callbackUrl, queryOf } from './callback-url';
import {
  invalid,
  refuseUnknownOptions,
  requireCredential,
  requireOneOf,
  requireRecord,
  requireSeconds,
  requireString,
} from '../options';
import { encodeForm, type Parameter, type ParameterValue, readParameters } from './parameters';
import { createCallback, type SignedCallback } from './signed-callback';

/** The webhook formats, which the dashboard calls GET, POST and POST-JSON. */
export type SmsCallbackFormat = 'query' | 'form' | 'json';

/** The options of `signSmsCallback`. */
export type SignSmsCallbackOptions = {
  /** The signature secret of the account. */
  secret: string;
  /** The signature method (default: `md5hash`). */
  signatureMethod?: SandboxSignatureMethod | undefined;
  /** The API key, sent as the parameter `api-key`. By default, this parameter is not sent. */
  apiKey?: string | undefined;
  /**
   * The parameters of the message or receipt. A value here for `api-key`, `timestamp` or `nonce` replaces the value
   * that would be added, and `undefined` omits the parameter. The new signature replaces any `sig`.
   */
  params: Readonly<Record<string, ParameterValue>>;
  /** The format (default: `query`). `query` is sent by GET, the other formats by POST. */
  as?: SmsCallbackFormat | undefined;
  /** A path or an absolute URL without a query (default: `/webhooks`). */
  url?: string | undefined;
  /** Seconds since the epoch (default: the current time of `now`). */
  timestamp?: number | undefined;
  /** The nonce (default: a UUID v4). */
  nonce?: string | undefined;
  /** Returns milliseconds (default: `Date.now`). */
  now?: (() => number) | undefined;
  /** Writes `sig` in upper-case hexadecimal, as some senders do (default: `false`). */
  capitals?: boolean | undefined;
};

/** An SMS callback as the platform sends it. */
export type SignedSmsCallback = SignedCallback & {
  /** All parameters, including `sig`. Not enumerable, so that `{ ...callback }` has only the parts of a request. */
  params: Record<string, string>;
};

/** The media type and encoder of a body. `query` has no body. */
const bodyFormats: Record<
  SmsCallbackFormat,
  { type: string; encode: (parameters: readonly Parameter[]) => string } | undefined
> = {
  query: undefined,
  form: { type: 'application/x-www-form-urlencoded', encode: encodeForm },
  json: {
    type: 'application/json',
    encode: (parameters) => JSON.stringify(Object.fromEntries(parameters)),
  },
};

/**
 * Signs an inbound SMS or a delivery receipt as the platform does, for tests of your receiver. Adds `timestamp`,
 * `nonce` and `sig` to the parameters, and also `api-key` if `apiKey` is given (guide "Signing messages"). Converts
 * values to strings, and does not otherwise change them.
 *
 * Returns `{ method, url, headers, rawBody }` like `signWebhook`, and also `params`, which has all parameters.
 *
 * Does not check that the parameters belong to a message. Omits undocumented headers of the platform.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; `ERR_INVALID_PARAMETER` for a value that is not a well-formed string, a
 * number or a boolean; `ERR_INVALID_CREDENTIAL` and `ERR_CONTROL_CHARACTER` for `secret` and `apiKey`
 */
export function signSmsCallback(options: SignSmsCallbackOptions): SignedSmsCallback {
  requireRecord(options, 'The options of signSmsCallback');
  const {
    secret,
    signatureMethod = 'md5hash',
    apiKey,
    params,
    as = 'query',
    url = '/webhooks',
    timestamp,
    nonce,
    now = Date.now,
    capitals = false,
    ...unknown
  } = options;
  refuseUnknownOptions(unknown, 'signSmsCallback');
  requireOneOf(signatureMethod, signatureMethods, 'signatureMethod');
  requireOneOf(as, Object.keys(bodyFormats), 'as');
  if (typeof capitals !== 'boolean') throw invalid('capitals must be true or false.');
  requireRecord(params, 'params');
  const fields = {
    'api-key': apiKey === undefined ? undefined : requireCredential(apiKey, 'apiKey'),
    timestamp: timestamp === undefined ? nowInSeconds(now) : requireSeconds(timestamp, 'timestamp'),
    nonce: nonce === undefined ? randomUUID() : requireString(nonce, 'nonce'),
    ...params,
    sig: undefined,
  };
  const unsigned = Object.fromEntries(readParameters(fields, 'params'));
  const sig = smsSignature(unsigned, requireCredential(secret, 'secret'), signatureMethod);
  const signed = { ...unsigned, sig: capitals ? sig.toUpperCase() : sig };
  // Not enumerable, because verifiers refuse a request object with a property that they do not know.
  return Object.defineProperty(encodeAs(as, url, Object.entries(signed)), 'params', {
    value: signed,
    writable: true,
  }) as SignedSmsCallback;
}

function encodeAs(
  format: SmsCallbackFormat,
  url: string,
  parameters: readonly Parameter[],
): SignedCallback {
  if (queryOf(callbackUrl(url)) !== '') {
    throw invalid(
      'url must not have a query: the guide "Signing messages" does not say whether a query of the URL is signed.',
    );
  }
  const bodyFormat = bodyFormats[format];
  if (bodyFormat === undefined) return createCallback('GET', callbackUrl(url, parameters));
  const { type, encode } = bodyFormat;
  return createCallback('POST', callbackUrl(url), { type, bytes: Buffer.from(encode(parameters)) });
}
