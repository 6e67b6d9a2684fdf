import { type Clock, monotonicClock } from '../options';
import { warnOnce } from '../warnings';

/** Seconds by which the clock of a host may differ before it counts as another one. */
const tolerance = 30;

/** Seconds by which the own clock may advance differently than the steady one before it counts as set. */
const driftTolerance = 5;

/** Seconds by which a learned offset may move a token, either way; measured to within the tolerance. */
const maximumOffset = 86_400;

/**
 * Seconds by which accepted answers may correct what a refusal taught, in all: enough to follow two
 * clocks that drift, and little for a Date that is wrong.
 */
const maximumCorrection = 60;

/** A cluster of hosts may have one whose clock is wrong; it gives two answers in a row less often. */
const contradictionsToDrop = 2;

/**
 * Seconds for which an offset stays in force without an answer that confirms it. Clocks are set right
 * while nobody calls, and relearning costs no more than one refused request an hour.
 */
const lapse = 3600;

/** IMF-fixdate, the one form that servers may generate (RFC 9110, section 5.6.7). */
const fixdate = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/;

type LearnedClock = {
  clock: Clock;
  /** Seconds: the host's time minus the own time. */
  offset: number;
  /** Seconds: the offset that a refusal taught, before any correction. */
  taught: number;
  /** Milliseconds: the own clock minus the steady clock. Constant, unless one of them jumps. */
  lead: number;
  /** Milliseconds of the steady clock at the last answer that taught, corrected or confirmed. */
  confirmedAt: number;
  /** Accepted answers in a row that contradict the offset. */
  contradictions: number;
};

/** The times that an answer shows. */
type Reading = {
  /** Milliseconds of the own clock. */
  own: number;
  /** Seconds: the host's time minus the own time. */
  offset: number;
  /** Whether no token can be dated by the host: it is too far away, or before 1970. */
  isTooFar: boolean;
};

/** Each is given once per host and process. */
const warnings = {
  learned: 'tokens for that host are dated by its clock from now on. Set the clock that is wrong.',
  tooFar: `tokens are not dated by a clock that differs by more than ${maximumOffset / 3600} hours, so the host may refuse them all. Set the clock that is wrong.`,
};

/**
 * The clock for each host: the own clock, or one learned from the host's answers.
 *
 * A learned clock is in force only while the own clock and the steady clock, which nobody can set, have
 * advanced alike since it was learned or last confirmed: an offset is worthless once the own clock was
 * set. It lapses when no answer has confirmed it for an hour. Relearning gives another function, so that
 * tokens dated by an earlier one can be told apart; every function of a host gives the time that is known
 * now.
 */
export class HostClocks {
  /** Milliseconds that only ever advance, for the time at which a request was sent. */
  readonly steady: Clock;
  readonly #own: Clock;
  /** Hosts are those of products, so there are not many. */
  readonly #learned = new Map<string, LearnedClock>();

  constructor(own: Clock, steady: Clock = monotonicClock) {
    this.#own = own;
    this.steady = steady;
  }

  at(host: string): Clock {
    return this.#inForce(host)?.clock ?? this.#own;
  }

  /**
   * Takes the Date header (RFC 9110, section 6.6.1) of an answer that refuses a token: it alone can
   * set the clock for the host. `sent` is the steady time of the request, where the refusal may have
   * another reason than the clock: an answer that takes long to read has a Date that is as old.
   * Returns whether the Date contradicts the clock in force.
   */
  learn(host: string, date: unknown, sent = this.steady()): boolean {
    const contradiction = this.#contradiction(host, date, sent);
    if (contradiction === undefined) return false;
    const { offset, isTooFar } = contradiction;
    this.#learned.delete(host);
    if (Math.abs(offset) <= tolerance) return true;
    warn(host, offset, isTooFar ? 'tooFar' : 'learned');
    if (!isTooFar) this.#use(host, contradiction);
    return true;
  }

  /**
   * Takes the Date header of any other answer. It confirms what a refusal taught, or corrects it by up
   * to a minute; the second contradiction in a row drops it. It teaches nothing new: the token was
   * accepted, so that a Date far away is more likely wrong than the clock in force.
   */
  confirm(host: string, date: unknown, sent = this.steady()): void {
    if (!this.#learned.has(host)) return;
    const contradiction = this.#contradiction(host, date, sent);
    const learned = this.#learned.get(host);
    if (contradiction === undefined || learned === undefined) return;
    const { offset, isTooFar } = contradiction;
    const { taught } = learned;
    const isCorrection = !isTooFar && Math.abs(offset - taught) <= maximumCorrection;
    learned.contradictions += 1;
    if (isCorrection && Math.abs(offset) > tolerance) this.#use(host, contradiction, taught);
    else if (isCorrection || learned.contradictions === contradictionsToDrop) {
      this.#learned.delete(host);
    }
  }

  /** Seconds by which a Date header is ahead of the own clock; undefined for what is no such date. */
  difference(date: unknown): number | undefined {
    return differenceOf(date, this.#own);
  }

  /**
   * The times of an answer that contradicts the clock in force. Notes one that confirms it. An answer
   * as old as its Date does neither.
   */
  #contradiction(host: string, date: unknown, sent: number): Reading | undefined {
    const steady = this.steady();
    const own = this.#own();
    const learned = this.#inForce(host, own);
    const offset = differenceOf(date, () => own);
    if (offset === undefined) return undefined;
    const difference = offset - (learned?.offset ?? 0);
    if (Math.abs(difference) <= tolerance) {
      if (learned !== undefined) {
        Object.assign(learned, { lead: own - steady, confirmedAt: steady, contradictions: 0 });
      }
      return undefined;
    }
    if (difference < 0 && difference >= -tolerance - (steady - sent) / 1000) return undefined;
    const isBeforeEpoch = offset < -own / 1000;
    return {
      own,
      offset,
      isTooFar: isBeforeEpoch || Math.abs(offset) > maximumOffset + tolerance,
    };
  }

  #use(host: string, { own, offset }: Reading, taught = offset): void {
    const confirmedAt = this.steady();
    this.#learned.set(host, {
      clock: this.#clockOf(host),
      offset,
      taught,
      lead: own - confirmedAt,
      confirmedAt,
      contradictions: 0,
    });
  }

  #clockOf(host: string): Clock {
    return () => {
      const own = this.#own();
      return own + (this.#inForce(host, own)?.offset ?? 0) * 1000;
    };
  }

  #inForce(host: string, own?: number): LearnedClock | undefined {
    const learned = this.#learned.get(host);
    if (learned === undefined) return undefined;
    const steady = this.steady();
    const shift = (own ?? this.#own()) - steady - learned.lead;
    const hasLapsed = steady - learned.confirmedAt > lapse * 1000;
    if (Math.abs(shift) <= driftTolerance * 1000 && !hasLapsed) return learned;
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

/** Seconds by which a Date header (RFC 9110, section 6.6.1) is ahead of a clock; undefined for what is no such date. */
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
