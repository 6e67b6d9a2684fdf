import { isObserved, publish, type RefusalEvent } from '../diagnostics';
import { redact } from './redact';

/** The part of an answer, refusal or not, that an attempt reads. */
export type RefusingAnswer = {
  /** The Date header, which shows whether a clock is wrong. */
  date?: string | null | undefined;
  /** The HTTP status: 403 is told apart from other refusals. */
  status?: number | undefined;
  /** What the platform said of a refusal, for the event `request:refused` alone. */
  type?: string | undefined;
  title?: string | undefined;
  code?: string | undefined;
};

/** What an attempt knows of itself. Read only where somebody listens. */
type RefusedAttempt = Pick<
  RefusalEvent,
  'product' | 'scheme' | 'applicationId' | 'iat' | 'exp' | 'keyFingerprint'
> & {
  url: URL;
  /** What the platform may echo. */
  secrets: readonly (string | undefined)[];
};

/** Seconds by which a Date header is ahead of the own clock. */
type Difference = (date: unknown) => number | undefined;

/** Takes an answer, and gives what publishes its refusal once it is known whether there is a retry. */
export type Report = (answer: RefusingAnswer) => (willRetry: boolean) => void;

/** Reports the refusal of an attempt, once. */
export function reportOf(attempt: () => RefusedAttempt, difference: Difference): Report {
  let isReported = false;
  return (answer) => {
    if (isReported || !isObserved('request:refused')) return () => undefined;
    isReported = true;
    const event = eventOf(attempt(), answer, difference);
    return (willRetry) => {
      publish('request:refused', { ...event, willRetry });
    };
  };
}

function eventOf(
  { url, secrets, ...known }: RefusedAttempt,
  { status, date, type, title, code }: RefusingAnswer,
  difference: Difference,
): Omit<RefusalEvent, 'willRetry'> {
  const hidden = secrets.filter((secret) => secret !== undefined);
  const clockDifference = difference(date);
  const event = {
    ...known,
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

/** A log of the event shows nothing that is not known. */
function withoutUndefined<Event extends object>(event: Event): Event {
  return Object.fromEntries(
    Object.entries(event).filter(([, value]) => value !== undefined),
  ) as Event;
}

/** Longer than any that the platform documents. */
const maximumLength = 200;

/**
 * A text of the server's, which may echo the request in any encoding: `*` stands for whatever could be a secret, as
 * every run of 8 characters or more with a digit could.
 */
function labelOf(text: unknown, secrets: readonly string[]): string | undefined {
  if (typeof text !== 'string' || text.length > maximumLength) return undefined;
  return redact(text, secrets)
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[\w+=%~-]{8,}/g, (run) => (/\d/.test(run) ? '*' : run));
}

/** 403 is about rights (RFC 9110, section 15.5.4): neither credentials nor tokens are worse for it. */
export function isForbidden(answer: RefusingAnswer | undefined): boolean {
  return answer?.status === 403;
}
