import { channel } from 'node:diagnostics_channel';

/** A token of an application. */
export type TokenEvent = {
  /** The application of the token. */
  applicationId: string;
  /** When the token was issued, in seconds since the epoch. */
  iat: number;
  /** When the token expires, in seconds since the epoch. */
  exp: number;
};
/** A webhook has a signed token. An SMS callback has its signature in the parameter `sig`. */
export type CallbackKind = 'webhook' | 'sms';
/** The product that a credential was attached for, and the scheme that attached it. */
export type CredentialEvent = {
  /** The name of the product. */
  product: string;
  /** The name of the scheme. */
  scheme: string;
};
/** A request whose credential the platform refused. A field is missing if its value is unknown. */
export type RefusalEvent = CredentialEvent & {
  /** The HTTP status. It is 200 if the product reports the refusal in the body. */
  status?: number | undefined;
  /** The type of the problem in the response body (RFC 9457), if the body was read. */
  type?: string | undefined;
  /** The title of the problem, if the body was read. */
  title?: string | undefined;
  /** The platform's code of the error, if the body was read. In a response of the SMS API, the field `status`. */
  code?: string | undefined;
  /** The cause of the refusal, if it follows from the fields above or from `clockDifference`. */
  cause?: string | undefined;
  /** What to do about the cause. */
  remedy?: string | undefined;
  /** Origin and path of the URL, without its query. */
  url: string;
  /** Whether the request is sent again, with another credential. */
  willRetry: boolean;
  /** The Date header of the response. */
  date?: string | undefined;
  /** The seconds by which `date` is ahead of the local clock. */
  clockDifference?: number | undefined;
  /** The application of the refused token. */
  applicationId?: string | undefined;
  /** When the refused token was issued, in seconds since the epoch. */
  iat?: number | undefined;
  /** When the refused token expires, in seconds since the epoch. */
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
  'token:refresh-failed': {
    /** The application of the token. */
    applicationId: string;
    /** The code of the error. */
    code: string;
  };
  /** A credential was attached to a request. */
  'credential:attached': CredentialEvent;
  /** The platform refused the credential of a request. A retry that is refused too is published as a second event. */
  'request:refused': RefusalEvent;
  /** A refused request is about to be sent again. */
  'request:retried': CredentialEvent & {
    /** What is different in the retry. With `set clock`, a new token is dated by a clock that agrees with the host. */
    with: 'other credentials' | 'new token' | 'set clock';
  };
  /** A callback was accepted. */
  'webhook:accepted': {
    /** The kind of callback. */
    kind: CallbackKind;
  };
  /** A callback was refused. */
  'webhook:refused': {
    /** The kind of callback. */
    kind: CallbackKind;
    /** The code of the error. */
    code: string;
  };
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
