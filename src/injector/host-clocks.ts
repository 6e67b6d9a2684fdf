import { type Clock, isSeconds, secondsOf } from '../options';

/** Seconds by which two clocks may differ before the own one is taken for wrong. */
const tolerance = 30;

/** Seconds (a year): with a clock that is further off, TLS would have refused the certificate. */
const plausible = 31_536_000;

/** IMF-fixdate, the one form that servers may generate (RFC 9110, section 5.6.7). */
const fixdate = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * The clock for each host: the own one, or one that goes by that of the host once the two were seen to
 * differ. No clock is ever set; it is replaced by another, so that what it has dated can be told.
 */
export class HostClocks {
  readonly #own: Clock;
  /** Hosts are those of products, so there are not many. */
  readonly #replaced = new Map<string, Clock>();

  constructor(own: Clock) {
    this.#own = own;
  }

  at(host: string): Clock {
    return this.#replaced.get(host) ?? this.#own;
  }

  /** Takes in the Date header of an answer of the host (RFC 9110, section 6.6.1). */
  learn(host: string, date: unknown): void {
    const theirs = typeof date === 'string' && fixdate.test(date) ? Date.parse(date) / 1000 : NaN;
    const offset = theirs - secondsOf(this.#own);
    if (!isSeconds(theirs) || Math.abs(offset) > plausible) return;
    const difference = theirs - secondsOf(this.at(host));
    if (Math.abs(difference) <= tolerance) return;
    if (!this.#replaced.has(host)) announce(host, difference);
    this.#replaced.set(host, () => this.#own() + offset * 1000);
  }
}

function announce(host: string, difference: number): void {
  process.emitWarning(
    `The clock of this machine is ${Math.abs(difference)} seconds ${difference > 0 ? 'behind' : 'ahead of'} that of ${host}, by which tokens for that host are dated from now on. Set the one that is wrong.`,
    { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_CLOCK' },
  );
}
