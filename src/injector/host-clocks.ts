import { type Clock, steadyClock } from '../options';

/** Seconds by which two clocks may differ, or advance differently, before one counts as wrong. */
const tolerance = 30;

/** Seconds by which a learned offset may move a token, either way; measured to within the tolerance. */
const maximumOffset = 86_400;

/** IMF-fixdate, the one form that servers may generate (RFC 9110, section 5.6.7). */
const fixdate = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/;

type LearnedClock = {
  clock: Clock;
  /** Seconds: the host's time minus the own time. */
  offset: number;
  /** Milliseconds: the own clock minus the steady clock. Constant, unless one of them jumps. */
  lead: number;
};

/** Each is said once per host. */
const warnings = {
  learned: 'tokens for that host are dated by its clock from now on. Set the clock that is wrong.',
  tooFar: `tokens are not dated by a clock that differs by more than ${maximumOffset / 3600} hours, so the host may refuse them all. Set the clock that is wrong.`,
};

/**
 * The clock for each host: the own clock, or one learned from the host's answers.
 *
 * A learned clock is in force only while the own clock and the steady clock, which nobody can set, have
 * advanced alike since it was learned or last confirmed: an offset is worthless once the own clock was
 * set. Relearning gives another function, so that tokens dated by an earlier one can be told apart;
 * every function of a host gives the time that is known now.
 */
export class HostClocks {
  /** Milliseconds that only ever advance, for the time at which a request was sent. */
  readonly steady: Clock;
  readonly #own: Clock;
  /** Hosts are those of products, so there are not many. */
  readonly #learned = new Map<string, LearnedClock>();
  readonly #warned = new Set<string>();

  constructor(own: Clock, steady: Clock = steadyClock) {
    this.#own = own;
    this.steady = steady;
  }

  at(host: string): Clock {
    return this.#inForce(host)?.clock ?? this.#own;
  }

  /**
   * Takes the Date header (RFC 9110, section 6.6.1) of an answer that refuses a token. `sent` is the
   * steady time of the request, where the refusal may have another reason than the clock: an answer
   * that takes long to read has a Date that is as old.
   */
  learn(host: string, date: unknown, sent = this.steady()): void {
    this.#compare(host, date, sent);
  }

  /**
   * Takes the Date header of any other answer. It confirms, corrects or drops what was learned, and
   * teaches nothing new.
   */
  confirm(host: string, date: unknown, sent = this.steady()): void {
    if (this.#inForce(host) === undefined) return;
    this.#compare(host, date, sent);
  }

  #compare(host: string, date: unknown, sent: number): void {
    const age = (this.steady() - sent) / 1000;
    const own = this.#own();
    const learned = this.#inForce(host, own);
    const theirs = typeof date === 'string' && fixdate.test(date) ? Date.parse(date) / 1000 : NaN;
    const offset = theirs - Math.floor(own / 1000);
    if (!Number.isFinite(offset)) return;
    const difference = offset - (learned?.offset ?? 0);
    if (difference >= -tolerance - age && difference <= tolerance) {
      if (learned !== undefined) learned.lead = own - this.steady();
      return;
    }
    this.#learned.delete(host);
    if (Math.abs(offset) <= tolerance) return;
    if (theirs < 0 || Math.abs(offset) > maximumOffset + tolerance) {
      this.#warn(host, offset, 'tooFar');
      return;
    }
    this.#warn(host, offset, 'learned');
    this.#learned.set(host, { clock: this.#clockOf(host), offset, lead: own - this.steady() });
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
    const shift = (own ?? this.#own()) - this.steady() - learned.lead;
    if (Math.abs(shift) <= tolerance * 1000) return learned;
    this.#learned.delete(host);
    return undefined;
  }

  #warn(host: string, offset: number, warning: keyof typeof warnings): void {
    const key = `${warning} ${host}`;
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    process.emitWarning(
      `The clock of this machine is ${inWords(Math.abs(offset))} ${offset > 0 ? 'behind' : 'ahead of'} that of ${host}, and ${warnings[warning]}`,
      { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_CLOCK' },
    );
  }
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
