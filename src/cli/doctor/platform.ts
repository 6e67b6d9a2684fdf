import {
  AuthInjector,
  createAuthFetch,
  type Credentials,
  explainRefusal,
  NexmoAuthError,
} from '../../index';
import { CliError } from '../cli-error';
import type { Finding } from './finding';

/** An answer of the platform. */
export type Answer = {
  status: number;
  headers: Headers;
  body: string;
  /** Seconds by which the platform's clock is ahead of the local clock. Undefined without a Date header. */
  clockDifference: number | undefined;
};

/** The requests of the command `doctor`. They change nothing and cost nothing. */
const targets = {
  account: ['rest.nexmo.com/account/', 'get-balance', 'basic'],
  applications: ['api.nexmo.com/v2/applications', '', 'basic'],
  voice: ['api.nexmo.com/v1/calls', '?page_size=1', 'bearer'],
} as const;

export type Target = keyof typeof targets;

/**
 * Sends requests to the platform, or to a server such as the sandbox, which has the platform's APIs below a base URL.
 */
export class Platform {
  readonly #credentials: Credentials;
  readonly #base: string;
  readonly #now: () => number;
  readonly #signal: AbortSignal;

  constructor(credentials: Credentials, base: string, now: () => number, signal: AbortSignal) {
    this.#credentials = credentials;
    this.#base = base;
    this.#now = now;
    this.#signal = signal;
  }

  /** The host that the requests of a target go to. */
  hostOf(target: Target): string {
    return new URL(this.#urlOf(target)).host;
  }

  /**
   * Sends a request. If a wrong clock has dated a refused token, sends a new token that is dated by the Date header.
   *
   * @throws CliError `ERR_NETWORK`
   */
  async get(target: Target, suffix: string = targets[target][1]): Promise<Answer> {
    const now = this.#now;
    const [, , scheme] = targets[target];
    const products = [{ name: target, urls: [this.#urlOf(target)], schemes: [scheme] as const }];
    const send = createAuthFetch(new AuthInjector(this.#credentials, { products, now }));
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(15_000)]);
    try {
      const sent = this.#now();
      const response = await send(this.#urlOf(target) + suffix, { signal, redirect: 'manual' });
      const date = Date.parse(String(response.headers.get('date')));
      // The Date header drops the fraction of a second, so half a second is added. The sum is compared with the time
      // halfway between the request and the response.
      const middle = (sent + this.#now()) / 2;
      return {
        status: response.status,
        headers: response.headers,
        body: await response.text(),
        clockDifference: Number.isNaN(date) ? undefined : Math.round((date + 500 - middle) / 1000),
      };
    } catch (error) {
      if (error instanceof NexmoAuthError) throw error;
      const { code } = Object((error as Error).cause) as { code?: unknown };
      const reason = typeof code === 'string' ? code : (error as Error).name;
      throw new CliError(
        'ERR_NETWORK',
        this.#signal.aborted
          ? 'The check was interrupted.'
          : `${this.hostOf(target)} cannot be reached (${reason}).`,
      );
    }
  }

  #urlOf(target: Target): string {
    const [path] = targets[target];
    return `${this.#base}${path}`;
  }
}

/** The cause, remedy and code of a refusal. A refusal without a known cause gets a general text. */
export function refusalOf(answer: Answer): Pick<Finding, 'remedy' | 'code'> & { cause: string } {
  const { status, headers, body } = answer;
  const { cause, remedy, code } = explainRefusal({ status, headers, body }) ?? {
    cause: 'The answer has no known cause.',
    remedy:
      'Try again later. If the answer stays the same, check whether a proxy sends it instead of the platform.',
  };
  return { cause, remedy, code: code ?? `HTTP ${status}` };
}
