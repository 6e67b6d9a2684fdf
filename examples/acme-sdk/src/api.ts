import { explainRefusal } from 'nexmo-auth';
import { ApiError, RefusedError } from './errors';
import type { Answer, Call } from './transport';

/** One product of the platform. */
export class Api {
  readonly #send: (call: Call) => Promise<Answer>;
  readonly #url: string;

  constructor(send: (call: Call) => Promise<Answer>, url: string) {
    this.#send = send;
    this.#url = url;
  }

  /** The `url` of the call is the part after the URL of the product. @throws AcmeError */
  protected async request<Body>(call: Call, isExpected: (body: unknown) => boolean): Promise<Body> {
    const answer = await this.#send({ ...call, url: this.#url + call.url });
    const { status, data } = answer;
    const explanation = explainRefusal(answer);
    if (explanation !== undefined) {
      const { code = `HTTP_${status}`, cause, remedy } = explanation;
      throw new RefusedError(code, `${cause} ${remedy}`);
    }
    if (status >= 200 && status <= 299 && isExpected(data)) return data as Body;
    throw new ApiError(
      `HTTP_${status}`,
      `Unexpected answer of the platform: HTTP ${status}.`,
      data,
    );
  }
}

/** Whether a value is an object with strings in these fields. */
export const hasStrings = (value: unknown, ...names: readonly string[]): boolean =>
  names.every((name) => typeof Reflect.get(Object(value) as object, name) === 'string');
