import { randomBytes, randomUUID } from 'node:crypto';
import { type Credentials, NexmoAuthError } from '../../index';
import {
  type Delivery,
  type Sandbox,
  type SignedCallback,
  signSmsCallback,
  signWebhook,
  type SmsCallbackFormat,
} from '../../testing/index';
import { usageError } from '../cli-error';

/** The kinds of callback, by the keyboard key that sends each kind. */
export const callbackKeys = { i: 'inbound-sms', d: 'dlr', m: 'message' } as const;

export type CallbackKind = (typeof callbackKeys)[keyof typeof callbackKeys];

export const callbackKinds: readonly string[] = Object.values(callbackKeys);

export function requireKind(kind: string): CallbackKind {
  if (callbackKinds.includes(kind)) return kind as CallbackKind;
  throw usageError(`There is no callback of this name. Known names: ${callbackKinds.join(', ')}.`);
}

/** The content of a callback. */
export type CallbackContent = {
  from?: string;
  to?: string;
  text?: string;
  /** The format of an inbound SMS or a delivery receipt. */
  as?: SmsCallbackFormat;
  /** The status of a delivery receipt. */
  status?: string;
};

/**
 * Signs a callback with the signature secret.
 *
 * @throws NexmoAuthError `ERR_MISSING_CREDENTIAL`, and every code of `signWebhook` and `signSmsCallback`
 */
export function signCallback(
  kind: CallbackKind,
  webhook: string,
  credentials: Credentials,
  content: CallbackContent,
  now: () => number,
): SignedCallback {
  const { apiKey, applicationId, signatureMethod } = credentials;
  if (apiKey === undefined || !credentials.has('signature')) {
    throw new NexmoAuthError(
      'ERR_MISSING_CREDENTIAL',
      `A callback cannot be signed, because the credentials lack ${credentials.missing('signature').join(' and ')}. Add signature-secret to the file of --credentials, or set VONAGE_SIGNATURE_SECRET.`,
    );
  }
  const secret = credentials.reveal('signatureSecret');
  if (kind === 'message') {
    const body = messageBody(content, now());
    return signWebhook({ secret, apiKey, applicationId, url: webhook, body, now });
  }
  const params = smsParameters[kind](content, now());
  const { as } = content;
  return signSmsCallback({ secret, signatureMethod, apiKey, params, as, url: webhook, now });
}

const defaults = { from: '447700900001', to: '447700900000', text: 'Hello from the sandbox' };

const messageId = () => randomBytes(8).toString('hex').toUpperCase();

/** Formats a time, in UTC, such as `2026-01-31 12:30:00`. */
const timestamp = (time: number) => new Date(time).toISOString().slice(0, 19).replace('T', ' ');

type ParameterBuilder = (content: CallbackContent, time: number) => Record<string, string>;

/** The parameters of each kind, as in the guides "Inbound SMS" and "Delivery receipts". */
const smsParameters: Record<Exclude<CallbackKind, 'message'>, ParameterBuilder> = {
  'inbound-sms': ({ from = defaults.from, to = defaults.to, text = defaults.text }, time) => ({
    msisdn: from,
    to,
    messageId: messageId(),
    text,
    type: 'text',
    keyword: String(text.split(' ')[0]).toUpperCase(),
    'message-timestamp': timestamp(time),
  }),
  // A delivery receipt comes from the recipient of the message, so `from` is the number of that recipient.
  dlr: ({ from = defaults.from, to = defaults.to, status = 'delivered' }, time) => ({
    msisdn: from,
    to,
    'network-code': '23410',
    messageId: messageId(),
    price: '0.03330000',
    status,
    scts: timestamp(time).replace(/\D/g, '').slice(2, 12),
    'err-code': status === 'delivered' ? '0' : '1',
    'message-timestamp': timestamp(time),
  }),
};

/** An inbound message of the Messages API. */
const messageBody = (
  { from = defaults.from, to = defaults.to, text = defaults.text }: CallbackContent,
  time: number,
) => ({
  channel: 'sms',
  message_uuid: randomUUID(),
  to,
  from,
  timestamp: new Date(time).toISOString(),
  message_type: 'text',
  text,
});

/**
 * Sends a callback to a webhook. Removes the query from the webhook's URL, because the callback already contains the
 * query.
 */
export async function deliverCallback(
  sandbox: Sandbox,
  callback: SignedCallback,
  webhook: string,
  options: { attempts: number; signal: AbortSignal },
): Promise<Delivery> {
  return sandbox.deliver(callback, { to: webhook.replace(/\?.*$/s, ''), ...options });
}
