import { channel } from 'node:diagnostics_channel';

export type TokenEvent = { applicationId: string; iat: number; exp: number };
/** A webhook is signed by a token, an SMS callback by its parameter `sig`. */
export type CallbackKind = 'webhook' | 'sms';
export type CredentialEvent = { product: string; scheme: string };
/** A request whose credential the platform refused. What is not known is left out. */
export type RefusalEvent = CredentialEvent & {
  /** The HTTP status; 200 where the product says so in the body. */
  status?: number | undefined;
  /** What the platform said of it, where the body was read: `type` and `title` of a problem (RFC 9457), a code such as the status of an SMS. */
  type?: string | undefined;
  title?: string | undefined;
  code?: string | undefined;
  /** Origin and path of the URL, without its query. */
  url: string;
  /** Whether the request is sent once more, with another credential. */
  willRetry: boolean;
  /** The Date header of the answer, and the seconds by which it is ahead of the own clock. */
  date?: string | undefined;
  clockDifference?: number | undefined;
  /** Of the token that was refused. */
  applicationId?: string | undefined;
  iat?: number | undefined;
  exp?: number | undefined;
  /** SHA-256 of the public key (SPKI, DER) that verifies the token, in hexadecimal digits. */
  keyFingerprint?: string | undefined;
};

/**
 * What can be observed: each event is published to the channel `nexmo-auth:<name>` of
 * `node:diagnostics_channel`. None holds a secret or a token.
 */
export type DiagnosticsEvents = {
  /** A signature was made. */
  'token:signed': TokenEvent;
  /** A token that was signed earlier was given out once more. */
  'token:reused': TokenEvent;
  /** A token was replaced in the background, before it was due. */
  'token:refreshed': TokenEvent;
  /** A signature that was to be made in the background failed; the token from before is in use. */
  'token:refresh-failed': { applicationId: string; code: string };
  'credential:attached': CredentialEvent;
  /** The platform refused the credential of a request. Once for each request that was sent. */
  'request:refused': RefusalEvent;
  /** A request that was refused is ready to be sent once more, and what is different about it. */
  'request:retried': CredentialEvent & { with: 'other credentials' | 'new token' | 'set clock' };
  'webhook:accepted': { kind: CallbackKind };
  'webhook:refused': { kind: CallbackKind; code: string };
};

type Name = keyof DiagnosticsEvents;

const names: readonly Name[] = [
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
) as Record<Name, ReturnType<typeof channel>>;

/** Whether anybody listens, for what costs something to find out. */
export function isObserved(name: Name): boolean {
  return channels[name].hasSubscribers;
}

/** Without a subscriber, this does nothing. */
export function publish<Event extends Name>(name: Event, event: DiagnosticsEvents[Event]): void {
  if (channels[name].hasSubscribers) channels[name].publish(event);
}
