import { channel } from 'node:diagnostics_channel';

export type TokenEvent = { applicationId: string; iat: number; exp: number };
/** A webhook is signed by a token, an SMS callback by its parameter `sig`. */
export type CallbackKind = 'webhook' | 'sms';
export type CredentialEvent = { product: string; scheme: string };

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
  'request:retried',
  'webhook:accepted',
  'webhook:refused',
];
const channels = Object.fromEntries(
  names.map((name) => [name, channel(`nexmo-auth:${name}`)]),
) as Record<Name, ReturnType<typeof channel>>;

/** Without a subscriber, this does nothing. */
export function publish<Event extends Name>(name: Event, event: DiagnosticsEvents[Event]): void {
  if (channels[name].hasSubscribers) channels[name].publish(event);
}
