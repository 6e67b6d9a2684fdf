import { isObserved, publish, type RefusalEvent } from '../diagnostics';
import { clockTolerance } from './host-clocks';
import { products } from './products';
import { redact } from './redact';
import { causeOf, wrongClock } from './refusal-causes';

/** The parts of a response that an attempt reads. */
export type PlatformAnswer = {
  /** The Date header, which shows whether a clock is wrong. */
  date?: string | null | undefined;
  /** The HTTP status. After 403, the credential may still be valid. */
  status?: number | undefined;
  /** The type of the problem (RFC 9457). Used only in the event `request:refused`. */
  type?: string | undefined;
  /** The title of the problem. Used only in the event `request:refused`. */
  title?: string | undefined;
  /** The platform's code of the error. Used only in the event `request:refused`. */
  code?: string | undefined;
};

/** What the event `request:refused` says about the refused attempt. Collected only if the event has a subscriber. */
type AttemptFacts = Pick<
  RefusalEvent,
  'product' | 'scheme' | 'applicationId' | 'iat' | 'exp' | 'keyFingerprint'
> & {
  url: URL;
  /** Values to redact in the event, since the platform may echo them. */
  secrets: readonly (string | undefined)[];
};

/** Returns the seconds by which a Date header is ahead of the local clock. */
type MeasureDifference = (date: unknown) => number | undefined;

/**
 * Records a refusal and returns a function that publishes the event `request:refused`. Call that function when it is
 * known whether the request is retried.
 */
export type Report = (answer: PlatformAnswer) => (willRetry: boolean) => void;

/** Returns a `Report` that publishes the refusal of an attempt at most once. */
export function refusalReport(
  attempt: () => AttemptFacts,
  differenceOf: MeasureDifference,
): Report {
  let isReported = false;
  return (answer) => {
    if (isReported || !isObserved('request:refused')) return () => undefined;
    isReported = true;
    const event = eventOf(attempt(), answer, differenceOf);
    return (willRetry) => {
      publish('request:refused', { ...event, willRetry });
    };
  };
}

function eventOf(
  { url, secrets, ...known }: AttemptFacts,
  { status, date, type, title, code }: PlatformAnswer,
  differenceOf: MeasureDifference,
): Omit<RefusalEvent, 'willRetry'> {
  const hidden = secrets.filter((secret) => secret !== undefined);
  const clockDifference = differenceOf(date);
  const isMisdated = known.iat !== undefined && Math.abs(clockDifference ?? 0) > clockTolerance;
  const explanation = isMisdated
    ? wrongClock
    : causeOf({ status, type, title, code: hasStatuses(known.product) ? code : undefined });
  const event = {
    ...known,
    cause: explanation?.cause,
    remedy: explanation?.remedy,
    status,
    type: labelOf(type, hidden),
    title: labelOf(title, hidden),
    code: labelOf(code, hidden),
    url: redact(url.origin + url.pathname, hidden),
    date: clockDifference === undefined ? undefined : String(date),
    clockDifference,
  };
  return withoutUndefined(event);
}

/**
 * Whether a built-in product refuses credentials in HTTP 200 responses. Codes of other products have other meanings.
 */
function hasStatuses(product: string): boolean {
  return products.some(({ name, refusal }) => name === product && refusal !== undefined);
}

/** Removes fields without a value, so that logs of the event do not show them. */
function withoutUndefined<Event extends object>(event: Event): Event {
  return Object.fromEntries(
    Object.entries(event).filter(([, value]) => value !== undefined),
  ) as Event;
}

/** The maximum length of a label, in characters. Every label that the platform documents is shorter. */
const maximumLength = 200;

/**
 * Cleans a label from the server, which may echo the request in any encoding. Replaces every run of 8 or more
 * characters that contains a digit, since the run could be a secret. Replaces every word that contains an escape
 * sequence, since the sequence could hide a secret. The replacement is `*`.
 */
function labelOf(text: unknown, secrets: readonly string[]): string | undefined {
  if (typeof text !== 'string' || text.length > maximumLength) return undefined;
  return redact(text, secrets)
    .replace(/\p{Cc}/gu, ' ')
    .replace(/\S*(?:&#?\w+;|\\|%[\da-f]{2})\S*/gi, '*')
    .replace(/[\w+=%~-]{8,}/g, (run) => (/\d/.test(run) ? '*' : run));
}

/** Status 403 is about permissions (RFC 9110, section 15.5.4). The credentials may still be valid. */
export function isForbidden(answer: PlatformAnswer | undefined): boolean {
  return answer?.status === 403;
}
