import { type Clock, monotonicClock } from '../options';
import { warnOnce } from '../warnings';

/** Seconds by which two clocks may differ before the local clock counts as wrong. */
export const clockTolerance = 30;

/**
 * Seconds by which the local clock may drift from the monotonic clock before the local clock counts as having been set.
 */
const driftTolerance = 5;

/** The largest difference between the clocks, in seconds, at which tokens are still dated by the host's clock. */
const maximumOffset = 86_400;

/**
 * The total, in seconds, by which responses that accept the token may correct a learned offset. A minute is enough for
 * two drifting clocks, but so little that a wrong Date header does no harm.
 */
const maximumCorrection = 60;

/**
 * The number of Date headers in a row that must contradict a learned clock before the clock is dropped. One is not
 * enough, since one server of a cluster may have a wrong clock.
 */
const maximumContradictions = 2;

/**
 * Seconds after which an offset expires if no response confirms it: the host's clock may have been corrected. Learning
 * the offset again costs at most one refused request an hour.
 */
const offsetLifetime = 3600;

/** The number of hosts whose clocks are kept. The clock that was learned first is dropped first. */
const maximumHosts = 1000;

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
  /** The number of consecutive responses that accept the token but contradict the offset. */
  contradictions: number;
};

/** What the clocks showed when a response arrived. */
type Reading = {
  /** Milliseconds of the local clock. */
  local: number;
  /** Seconds: the host's clock minus the local clock. */
  offset: number;
  /** Whether tokens cannot be dated by the host's clock: the offset is too large, or the host's time is before 1970. */
  isTooFar: boolean;
};

/** Texts of the warnings. Each warning is emitted once per host and process. */
const warnings = {
  learned: 'tokens for that host are now dated by its clock. Correct the wrong clock.',
  tooFar: `tokens are not dated by a clock that differs by more than ${maximumOffset / 3600} hours, so the host may refuse them all. Correct the wrong clock.`,
};

/**
 * The clock for each host: the local clock, or one learned from the host's responses.
 *
 * Drops a learned clock after an hour without a response that confirms it. Also drops it when the local clock is set,
 * which shows as a drift from the monotonic clock. Each time a clock is learned, `at` returns a new function. Comparing
 * these functions shows whether a token was dated before or after the clock was learned. Older functions also return
 * the host's current time.
 */
export class HostClocks {
  /** The monotonic clock, in milliseconds. Callers use it to record when they send a request. */
  readonly monotonic: Clock;
  readonly #local: Clock;
  /** Learned clocks by host, in the order in which they were learned. */
  readonly #learned = new Map<string, LearnedClock>();

  constructor(local: Clock, monotonic: Clock = monotonicClock) {
    this.#local = local;
    this.monotonic = monotonic;
  }

  at(host: string): Clock {
    return this.#current(host)?.clock ?? this.#local;
  }

  /**
   * Learns the clock of a host from the Date header (RFC 9110, section 6.6.1) of a response that refuses a token.
   * Returns whether the header contradicts the clock in use.
   *
   * @param sentAt when the request was sent, by the monotonic clock. Pass this time if the refusal may have another
   * reason than the clock. A Date header that is old only because the response took long is then ignored
   */
  learn(host: string, date: unknown, sentAt = this.monotonic()): boolean {
    const contradiction = this.#compare(host, date, sentAt);
    if (contradiction === undefined) return false;
    const { offset, isTooFar } = contradiction;
    this.#learned.delete(host);
    if (Math.abs(offset) <= clockTolerance) return true;
    warn(host, offset, isTooFar ? 'tooFar' : 'learned');
    if (!isTooFar) this.#store(host, contradiction);
    return true;
  }

  /**
   * Checks a learned clock against the Date header of a response that accepts the token. The header confirms the clock,
   * or corrects it by up to a minute. The second contradiction in a row drops the clock. A response that accepts the
   * token never teaches a new clock: if its Date differs much, the header is probably wrong, not the clock.
   */
  check(host: string, date: unknown, sentAt = this.monotonic()): void {
    if (!this.#learned.has(host)) return;
    const contradiction = this.#compare(host, date, sentAt);
    const learned = this.#learned.get(host);
    if (contradiction === undefined || learned === undefined) return;
    const { offset, isTooFar } = contradiction;
    const { uncorrected } = learned;
    const isCorrection = !isTooFar && Math.abs(offset - uncorrected) <= maximumCorrection;
    learned.contradictions += 1;
    if (isCorrection && Math.abs(offset) > clockTolerance)
      this.#store(host, contradiction, uncorrected);
    else if (isCorrection || learned.contradictions === maximumContradictions) {
      this.#learned.delete(host);
    }
  }

  /** Seconds by which a Date header is ahead of the local clock; undefined for another format. */
  difference(date: unknown): number | undefined {
    return differenceOf(date, this.#local);
  }

  /**
   * Compares a Date header with the clock in use. Returns a reading if they contradict each other. If they agree,
   * records that the learned clock is confirmed.
   */
  #compare(host: string, date: unknown, sentAt: number): Reading | undefined {
    const monotonic = this.monotonic();
    const local = this.#local();
    const learned = this.#current(host, local);
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
    if (difference < 0 && difference >= -clockTolerance - (monotonic - sentAt) / 1000)
      return undefined;
    const isBeforeEpoch = offset < -local / 1000;
    return {
      local,
      offset,
      isTooFar: isBeforeEpoch || Math.abs(offset) > maximumOffset + clockTolerance,
    };
  }

  #store(host: string, { local, offset }: Reading, uncorrected = offset): void {
    const confirmedAt = this.monotonic();
    for (const [other, learned] of this.#learned) {
      if (hasExpired(learned, confirmedAt)) this.#learned.delete(other);
    }
    if (this.#learned.size === maximumHosts && !this.#learned.has(host)) {
      this.#learned.delete(String(this.#learned.keys().next().value));
    }
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
      return local + (this.#current(host, local)?.offset ?? 0) * 1000;
    };
  }

  #current(host: string, local?: number): LearnedClock | undefined {
    const learned = this.#learned.get(host);
    if (learned === undefined) return undefined;
    const monotonic = this.monotonic();
    const shift = (local ?? this.#local()) - monotonic - learned.lead;
    if (Math.abs(shift) <= driftTolerance * 1000 && !hasExpired(learned, monotonic)) return learned;
    this.#learned.delete(host);
    return undefined;
  }
}

function hasExpired({ confirmedAt }: LearnedClock, monotonic: number): boolean {
  return monotonic - confirmedAt > offsetLifetime * 1000;
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
