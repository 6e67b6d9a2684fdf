import { explainRefusal, NexmoAuthError } from 'nexmo-auth';
import { ApiError, ConnectionError, CredentialsError, RefusedError } from './errors';
import type { Call, Send } from './transport';

/** One product of the platform. */
export class Api {
  readonly #send: Send;
  readonly #url: string;

  constructor(send: Send, url: string) {
    this.#send = send;
    this.#url = url;
  }

  /** @throws AcmeError for everything that can go wrong */
  protected async request<Body>({ path, ...call }: Omit<Call, 'url'> & { path: string }) {
    const answer = await this.#send({ ...call, url: `${this.#url}${path}` }).catch(fail);
    const { status, body } = answer;
    const explanation = explainRefusal(answer);
    if (explanation !== undefined) {
      const { code = `HTTP_${status}`, cause, remedy } = explanation;
      throw new RefusedError(code, `${cause} ${remedy}`);
    }
    if (status < 200 || status > 299) {
      throw new ApiError(`HTTP_${status}`, `The platform answered with HTTP ${status}.`, body);
    }
    return body as Body;
  }
}

function fail(error: unknown): never {
  if (error instanceof NexmoAuthError) throw new CredentialsError(error.code, error.message);
  throw new ConnectionError('NO_ANSWER', 'The platform did not answer.', { cause: error });
}
