import { randomUUID } from 'node:crypto';
import { type SandboxSignatureMethod, signatureMethods } from '../account';
import { signatureOf } from '../sms-signature';
import { callbackUrl, queryOf } from './callback-url';
import {
  invalid,
  refuseUnknown,
  requireChoice,
  requireCredential,
  requireRecord,
  requireSeconds,
  requireText,
  secondsOf,
} from './options';
import { formOf, type Parameter, type ParameterValue, parametersOf } from './parameters';
import { callbackOf, type SignedCallback } from './signed-callback';

/** The three ways that the dashboard offers: GET, POST and POST-JSON. */
export type SmsCallbackForm = 'query' | 'form' | 'json';

export type SignSmsCallbackOptions = {
  /** The signature secret of the account. */
  secret: string;
  /** `md5hash` by default. */
  signatureMethod?: SandboxSignatureMethod | undefined;
  /** Sent as `api-key`, which is its name in callbacks; not sent if it is left out. */
  apiKey?: string | undefined;
  /**
   * What the message or receipt says. `api-key`, `timestamp` and `nonce` among them replace those
   * that are added, or leave them out if they are `undefined`; a `sig` is made anew.
   */
  params: Readonly<Record<string, ParameterValue>>;
  /** `query` by default, which is a GET; the others are a POST. */
  as?: SmsCallbackForm | undefined;
  /** A path or an absolute URL without a query, `/webhooks` by default. */
  url?: string | undefined;
  /** Seconds since the epoch, the clock's by default. */
  timestamp?: number | undefined;
  /** A UUID v4 by default. */
  nonce?: string | undefined;
  /** Milliseconds, `Date.now` by default. */
  now?: (() => number) | undefined;
  /** Writes the digits of `sig` in capitals, as some senders do; `false` by default. */
  capitals?: boolean | undefined;
};

export type SignedSmsCallback = SignedCallback & {
  /** All that is sent, `sig` included. Not enumerable, so that a copy is a request and no more. */
  params: Record<string, string>;
};

/** How each form is sent in a body; the query has none. */
const bodies: Record<
  SmsCallbackForm,
  { type: string; write: (parameters: readonly Parameter[]) => string } | undefined
> = {
  query: undefined,
  form: { type: 'application/x-www-form-urlencoded', write: formOf },
  json: {
    type: 'application/json',
    write: (parameters) => JSON.stringify(Object.fromEntries(parameters)),
  },
};

/**
 * A signed inbound SMS or delivery receipt as the platform sends it, for tests of what receives it:
 * the parameters with `api-key`, `timestamp`, `nonce` and `sig` (guide "Signing messages"). Values
 * are sent as they are, all as text.
 *
 * Gives `{ method, url, headers, rawBody }`, as `signWebhook` does, and `params`: all parameters with `sig`.
 *
 * Does not check that the parameters are those of a message. Headers that are not documented are
 * left out.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; `ERR_INVALID_PARAMETER` for a value that is no single
 * text; `ERR_INVALID_CREDENTIAL` and `ERR_CONTROL_CHARACTER` for `secret` and `apiKey`
 */
export function signSmsCallback(options: SignSmsCallbackOptions): SignedSmsCallback {
  requireRecord(options, 'What signSmsCallback takes');
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
  refuseUnknown(unknown, 'signSmsCallback');
  requireChoice(signatureMethod, signatureMethods, 'signatureMethod');
  requireChoice(as, Object.keys(bodies), 'as');
  if (typeof capitals !== 'boolean') throw invalid('capitals must be true or false.');
  requireRecord(params, 'params');
  const fields = {
    'api-key': apiKey === undefined ? undefined : requireCredential(apiKey, 'apiKey'),
    timestamp: timestamp === undefined ? secondsOf(now) : requireSeconds(timestamp, 'timestamp'),
    nonce: nonce === undefined ? randomUUID() : requireText(nonce, 'nonce'),
    ...params,
    sig: undefined,
  };
  const unsigned = Object.fromEntries(parametersOf(fields, 'params'));
  const digits = signatureOf(unsigned, requireCredential(secret, 'secret'), signatureMethod);
  const signed = { ...unsigned, sig: capitals ? digits.toUpperCase() : digits };
  // Not enumerable, since verifiers refuse a request with further fields.
  return Object.defineProperty(sendAs(as, url, Object.entries(signed)), 'params', {
    value: signed,
    writable: true,
  }) as SignedSmsCallback;
}

function sendAs(
  form: SmsCallbackForm,
  url: string,
  parameters: readonly Parameter[],
): SignedCallback {
  if (queryOf(callbackUrl(url)) !== '') {
    throw invalid('url must be without a query: it is not documented whether that is signed.');
  }
  const body = bodies[form];
  if (body === undefined) return callbackOf('GET', callbackUrl(url, parameters), undefined);
  const content = { type: body.type, bytes: Buffer.from(body.write(parameters)) };
  return callbackOf('POST', callbackUrl(url), content);
}
