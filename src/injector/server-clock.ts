import { type Clock, secondsOf } from '../options';

/** Seconds by which two clocks may differ before the own one is taken for wrong. */
const tolerance = 30;

/** The own clock, set by that of the platform once the two were seen to differ. */
export class ServerClock {
  readonly #own: Clock;
  #offset = 0;
  #timesSet = 0;

  constructor(own: Clock) {
    this.#own = own;
  }

  /** Milliseconds since the epoch. */
  readonly now: Clock = () => this.#own() + this.#offset;

  get timesSet(): number {
    return this.#timesSet;
  }

  /** Sets the clock by the Date header of an answer (RFC 9110, section 6.6.1), if it is far from it. */
  learn(date: unknown): void {
    const seconds = Math.floor(Date.parse(String(date)) / 1000);
    const difference = seconds - secondsOf(this.now);
    if (!(Math.abs(difference) > tolerance)) return;
    this.#offset += difference * 1000;
    this.#timesSet += 1;
    if (this.#timesSet === 1) announce(difference);
  }
}

function announce(difference: number): void {
  process.emitWarning(
    `The clock of this machine is ${Math.abs(difference)} seconds ${difference > 0 ? 'behind' : 'ahead of'} that of the platform, by which tokens are dated from now on. Set the clock.`,
    { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_CLOCK' },
  );
}
