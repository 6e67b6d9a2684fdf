import { channel } from 'node:diagnostics_channel';

/** A token of an application. `iat` and `exp` are in seconds since the epoch. */
export type TokenEvent = { applicationId: string; iat: number; exp: number };
/** A webhook has a signed token. An SMS callback has its signature in the parameter `sig`. */
export type CallbackKind = 'webhook' | 'sms';
/** The product that a credential was attached for, and the scheme that attached it. */
export type CredentialEvent = { product: string; scheme: string };
/** A request whose credential the platform refused. A field is missing if its value is unknown. */
export type RefusalEvent = CredentialEvent & {
  /** The HTTP status. It is 200 if the product reports the refusal in the body. */
  status?: number | undefined;
  /**
   * From the response body, if it was read: `type` and `title` of the problem (RFC 9457), and the platform's code. In a
   * response of the SMS API, that code is the field `status`.
   */
  type?: string | undefined;
  title?: string | undefined;
  code?: string | undefined;
  /** The cause of the refusal and its remedy, if they follow from the fields above or from `clockDifference`. */
  cause?: string | undefined;
  remedy?: string | undefined;
  /** Origin and path of the URL, without its query. */
  url: string;
  /** Whether the request is sent again, with another credential. */
  willRetry: boolean;
  /** The Date header of the response, and the seconds by which this date is ahead of the local clock. */
  date?: string | undefined;
  clockDifference?: number | undefined;
  /** Claims of the refused token. */
  applicationId?: string | undefined;
  iat?: number | undefined;
  exp?: number | undefined;
  /** SHA-256 of the public key (SPKI, DER) that verifies the token, in hexadecimal. */
  keyFingerprint?: string | undefined;
};

/**
 * The events by name. Each event is published to the channel `nexmo-auth:<name>` of `node:diagnostics_channel`. No
 * event contains a secret or a token.
 */
export type DiagnosticsEvents = {
  /** A token was signed. */
  'token:signed': TokenEvent;
  /** A cached token was returned. */
  'token:reused': TokenEvent;
  /** A token was replaced in the background, before its expiry. */
  'token:refreshed': TokenEvent;
  /** Signing in the background failed. The previous token stays in use. */
  'token:refresh-failed': { applicationId: string; code: string };
  'credential:attached': CredentialEvent;
  /** The platform refused the credential of a request. A retry that is refused too is published as a second event. */
  'request:refused': RefusalEvent;
  /** A refused request is about to be sent again. `with` names what is different. */
  'request:retried': CredentialEvent & { with: 'other credentials' | 'new token' | 'set clock' };
  'webhook:accepted': { kind: CallbackKind };
  'webhook:refused': { kind: CallbackKind; code: string };
};

type EventName = keyof DiagnosticsEvents;

const names: readonly EventName[] = [
  'token:signed',
  'token:reused',
  'token:refreshed',
  'token:refresh-failed',
  'credential:attached',
  'request:refused',
  'request:retried',
  'webhook:accepted',
  'webhook:refused',
];
const channels = Object.fromEntries(
  names.map((name) => [name, channel(`nexmo-auth:${name}`)]),
) as Record<EventName, ReturnType<typeof channel>>;

/** Whether the event has a subscriber. If it has none, callers skip expensive work. */
export function isObserved(name: EventName): boolean {
  return channels[name].hasSubscribers;
}

/** Publishes an event. Does nothing if it has no subscriber. */
export function publish<Name extends EventName>(name: Name, event: DiagnosticsEvents[Name]): void {
  if (channels[name].hasSubscribers) channels[name].publish(event);
}
