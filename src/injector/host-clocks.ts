import { type Clock, monotonicClock } from '../options';
import { warnOnce } from '../warnings';

/** Seconds by which two clocks may differ before one of them counts as wrong. */
export const clockTolerance = 30;

/** Seconds by which the local clock may drift from the monotonic clock before it counts as set. */
const driftTolerance = 5;

/** The largest offset, in seconds, by which a token is dated differently from the local clock. */
const maximumOffset = 86_400;

/**
 * Seconds by which accepted responses may correct a learned offset in total: enough for two drifting clocks, and little
 * harm from a wrong Date header.
 */
const maximumCorrection = 60;

/** More than one, since one host of a cluster may have a wrong clock. */
const maximumContradictions = 2;

/**
 * Seconds until an unconfirmed offset expires: the clock may have been corrected meanwhile. Learning it again costs at most
 * one refused request an hour.
 */
const offsetLifetime = 3600;

/** IMF-fixdate, the only format that servers may generate (RFC 9110, section 5.6.7). */
const fixdate = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/;

type LearnedClock = {
  clock: Clock;
  /** Seconds: the host's clock minus the local clock. */
  offset: number;
  /** Seconds: the offset learned from a refusal, before corrections. */
  uncorrected: number;
  /** Milliseconds: the local clock minus the monotonic clock. It changes only if the local clock is set. */
  lead: number;
  /** Monotonic time, in milliseconds, of the last response that set, corrected or confirmed the offset. */
  confirmedAt: number;
  /** Consecutive accepted responses that contradict the offset. */
  contradictions: number;
};

/** The clocks at a response. */
type Reading = {
  /** Milliseconds of the local clock. */
  local: number;
  /** Seconds: the host's clock minus the local clock. */
  offset: number;
  /** Whether the offset is too large, or the host's time before 1970, to date a token by it. */
  isTooFar: boolean;
};

/** Each is emitted once per host and process. */
const warnings = {
  learned: 'tokens for that host are now dated by its clock. Correct the wrong clock.',
  tooFar: `tokens are not dated by a clock that differs by more than ${maximumOffset / 3600} hours, so the host may refuse them all. Correct the wrong clock.`,
};

/**
 * The clock for each host: the local clock, or one learned from the host's responses.
 *
 * A learned clock is dropped when the local clock is set (it then drifts from the monotonic clock), and after an hour
 * without a response that confirms it. Each time a clock is learned, `at` returns a new function, which tells apart the
 * tokens dated before and after. All functions of a host return its current time.
 */
export class HostClocks {
  /** Milliseconds of the monotonic clock, for the time at which a request was sent. */
  readonly monotonic: Clock;
  readonly #local: Clock;
  /** By host. There are few, since only products have hosts. */
  readonly #learned = new Map<string, LearnedClock>();

  constructor(local: Clock, monotonic: Clock = monotonicClock) {
    this.#local = local;
    this.monotonic = monotonic;
  }

  at(host: string): Clock {
    return this.#inUse(host)?.clock ?? this.#local;
  }

  /**
   * Learns the clock of a host from the Date header (RFC 9110, section 6.6.1) of a response that refuses a token. Returns
   * whether the header contradicts the clock in use.
   *
   * @param sent the monotonic time of the request, where the refusal may have another reason than the clock: a response
   * that took long to read has an old Date header
   */
  learn(host: string, date: unknown, sent = this.monotonic()): boolean {
    const contradiction = this.#contradiction(host, date, sent);
    if (contradiction === undefined) return false;
    const { offset, isTooFar } = contradiction;
    this.#learned.delete(host);
    if (Math.abs(offset) <= clockTolerance) return true;
    warn(host, offset, isTooFar ? 'tooFar' : 'learned');
    if (!isTooFar) this.#use(host, contradiction);
    return true;
  }

  /**
   * Checks a learned clock against the Date header of a response that accepts the token. The header confirms the clock, or
   * corrects it by up to a minute; the second contradiction in a row drops it. No clock is learned from it: since the
   * token was accepted, a Date that differs much is more likely wrong than the clock.
   */
  confirm(host: string, date: unknown, sent = this.monotonic()): void {
    if (!this.#learned.has(host)) return;
    const contradiction = this.#contradiction(host, date, sent);
    const learned = this.#learned.get(host);
    if (contradiction === undefined || learned === undefined) return;
    const { offset, isTooFar } = contradiction;
    const { uncorrected } = learned;
    const isCorrection = !isTooFar && Math.abs(offset - uncorrected) <= maximumCorrection;
    learned.contradictions += 1;
    if (isCorrection && Math.abs(offset) > clockTolerance)
      this.#use(host, contradiction, uncorrected);
    else if (isCorrection || learned.contradictions === maximumContradictions) {
      this.#learned.delete(host);
    }
  }

  /** Seconds by which a Date header is ahead of the local clock; undefined for another format. */
  difference(date: unknown): number | undefined {
    return differenceOf(date, this.#local);
  }

  /** Returns the clocks if a Date header contradicts the clock in use. Records a confirmation of a learned clock. */
  #contradiction(host: string, date: unknown, sent: number): Reading | undefined {
    const monotonic = this.monotonic();
    const local = this.#local();
    const learned = this.#inUse(host, local);
    const offset = differenceOf(date, () => local);
    if (offset === undefined) return undefined;
    const difference = offset - (learned?.offset ?? 0);
    if (Math.abs(difference) <= clockTolerance) {
      if (learned !== undefined) {
        Object.assign(learned, {
          lead: local - monotonic,
          confirmedAt: monotonic,
          contradictions: 0,
        });
      }
      return undefined;
    }
    if (difference < 0 && difference >= -clockTolerance - (monotonic - sent) / 1000)
      return undefined;
    const isBeforeEpoch = offset < -local / 1000;
    return {
      local,
      offset,
      isTooFar: isBeforeEpoch || Math.abs(offset) > maximumOffset + clockTolerance,
    };
  }

  #use(host: string, { local, offset }: Reading, uncorrected = offset): void {
    const confirmedAt = this.monotonic();
    this.#learned.set(host, {
      clock: this.#clockOf(host),
      offset,
      uncorrected,
      lead: local - confirmedAt,
      confirmedAt,
      contradictions: 0,
    });
  }

  #clockOf(host: string): Clock {
    return () => {
      const local = this.#local();
      return local + (this.#inUse(host, local)?.offset ?? 0) * 1000;
    };
  }

  #inUse(host: string, local?: number): LearnedClock | undefined {
    const learned = this.#learned.get(host);
    if (learned === undefined) return undefined;
    const monotonic = this.monotonic();
    const shift = (local ?? this.#local()) - monotonic - learned.lead;
    const hasExpired = monotonic - learned.confirmedAt > offsetLifetime * 1000;
    if (Math.abs(shift) <= driftTolerance * 1000 && !hasExpired) return learned;
    this.#learned.delete(host);
    return undefined;
  }
}

function warn(host: string, offset: number, warning: keyof typeof warnings): void {
  warnOnce(
    'NEXMO_AUTH_CLOCK',
    `${warning} ${host}`,
    `The clock of this machine is ${inWords(Math.abs(offset))} ${offset > 0 ? 'behind' : 'ahead of'} that of ${host}, and ${warnings[warning]}`,
  );
}

/** Seconds by which a Date header (RFC 9110, section 6.6.1) is ahead of a clock; undefined for another format. */
export function differenceOf(date: unknown, now: Clock): number | undefined {
  if (typeof date !== 'string' || !fixdate.test(date)) return undefined;
  const difference = Date.parse(date) / 1000 - Math.floor(now() / 1000);
  return Number.isFinite(difference) ? difference : undefined;
}

const units: readonly (readonly [seconds: number, name: string])[] = [
  [31_557_600, 'years'],
  [86_400, 'days'],
  [3600, 'hours'],
];

function inWords(seconds: number): string {
  const unit = units.find(([size]) => seconds >= 2 * size);
  return unit === undefined
    ? `${seconds} seconds`
    : `about ${Math.round(seconds / unit[0])} ${unit[1]}`;
}
