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

/** The webhook formats of the dashboard: GET, POST and POST-JSON. */
export type SmsCallbackFormat = 'query' | 'form' | 'json';

export type SignSmsCallbackOptions = {
  /** The signature secret of the account. */
  secret: string;
  /** `md5hash` by default. */
  signatureMethod?: SandboxSignatureMethod | undefined;
  /** Sent as `api-key`, its name in callbacks. Not sent by default. */
  apiKey?: string | undefined;
  /**
   * The parameters of the message or receipt. `api-key`, `timestamp` and `nonce` in them replace the
   * added ones, or omit them if `undefined`. A `sig` is replaced by the new signature.
   */
  params: Readonly<Record<string, ParameterValue>>;
  /** `query` by default. `query` is a GET, the others are a POST. */
  as?: SmsCallbackFormat | undefined;
  /** A path or an absolute URL without a query, `/webhooks` by default. */
  url?: string | undefined;
  /** Seconds since the epoch, by default the current time of `now`. */
  timestamp?: number | undefined;
  /** A UUID v4 by default. */
  nonce?: string | undefined;
  /** Milliseconds, `Date.now` by default. */
  now?: (() => number) | undefined;
  /** Writes `sig` in upper-case hexadecimal, as some senders do. `false` by default. */
  capitals?: boolean | undefined;
};

export type SignedSmsCallback = SignedCallback & {
  /** All parameters, including `sig`. Not enumerable, so that a copy has only the fields of a request. */
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
 * Signs an inbound SMS or a delivery receipt as the platform does, for tests of your receiver: adds
 * `api-key`, `timestamp`, `nonce` and `sig` to the parameters (guide "Signing messages"). All values are
 * sent as strings, otherwise unmodified.
 *
 * Returns `{ method, url, headers, rawBody }`, as `signWebhook` does, and `params`: all parameters with `sig`.
 *
 * Does not check that the parameters are those of a message. Headers that are not documented are
 * omitted.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; `ERR_INVALID_PARAMETER` for a value that is not a
 * well-formed string, a number or a boolean; `ERR_INVALID_CREDENTIAL` and `ERR_CONTROL_CHARACTER` for
 * `secret` and `apiKey`
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
  // Not enumerable, because verifiers refuse a request with other fields.
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
    throw invalid('url must not have a query: whether it is signed is not documented.');
  }
  const bodyFormat = bodyFormats[format];
  if (bodyFormat === undefined) return createCallback('GET', callbackUrl(url, parameters));
  const { type, encode } = bodyFormat;
  return createCallback('POST', callbackUrl(url), { type, bytes: Buffer.from(encode(parameters)) });
}
