import { detachedResponseBody } from './detached-stream';
import { redact } from '../injector/redact';

/** What the caller may see of a request, and what not. */
export type PublicView = { config: object; request: object; secrets: readonly string[] };

export type ClientResponse = {
  config: object;
  request?: unknown;
  status: number;
  statusText: string;
  headers: object;
  data: unknown;
};

type SentRequest = { res?: { responseUrl?: string } };

/** Cleans what comes back to one request: axios shares a response between an error and its cause. */
export class Sanitizer {
  readonly #exposed: PublicView;
  readonly #cleaned = new WeakMap<object, object>();

  constructor(exposed: PublicView) {
    this.#exposed = exposed;
  }

  /**
   * The response without the way back to what was sent: the request that the client made and, in a
   * streamed body, the socket's. Status text and headers in which the server echoes a secret are
   * redacted; the body is not.
   */
  response<Given extends ClientResponse>(response: Given): Given {
    return this.#once(response, () => {
      const { config } = this.#exposed;
      const request = { ...this.#exposed.request, ...this.#whereFrom(response.request) };
      // A mock may answer without headers, and without a request.
      const headers = (response.headers as object | undefined) ?? {};
      for (const [name, value] of Object.entries(headers)) {
        Reflect.set(headers, name, this.#redact(value));
      }
      const data = detachedResponseBody(response.data, (error) => this.error(error));
      const statusText = this.#redact(response.statusText) as string;
      const shown = response.request === undefined ? {} : { request };
      return { ...response, config, ...shown, headers, statusText, data };
    });
  }

  /** The same error, mended in place so that its class stays, or one in its place if it is frozen. */
  error(error: unknown): unknown {
    if (typeof error !== 'object' || error === null) return this.#redact(error);
    return this.#once(error, () => {
      const mended = Object.entries(this.#mended(error as Record<string, unknown>));
      const isMended = mended.every(([name, value]) => set(error, name, value));
      return isMended
        ? error
        : new Error(String(this.#redact((error as { message?: unknown }).message)));
    });
  }

  /** Where redirects led to, in the place where axios users look for it; none is followed with a credential. */
  #whereFrom(request: unknown): object {
    const responseUrl = (request as SentRequest | undefined)?.res?.responseUrl;
    const isFinal = responseUrl === undefined || this.#exposed.secrets.length > 0;
    return isFinal ? {} : { res: { responseUrl } };
  }

  #mended(error: Record<string, unknown>): Record<string, unknown> {
    const { config, request } = this.#exposed;
    const { response, cause, errors, rawPacket } = error;
    const texts = [...Object.keys(error), 'message', 'stack'].filter(
      (name) => typeof error[name] === 'string',
    );
    return {
      ...Object.fromEntries(texts.map((name) => [name, this.#redact(error[name])])),
      ...('config' in error && { config }),
      ...('request' in error && { request }),
      ...(isObject(response) && { response: this.response(response as ClientResponse) }),
      ...(cause !== undefined && { cause: this.error(cause) }),
      ...(Array.isArray(errors) && { errors: errors.map((each) => this.error(each)) }),
      // The bytes that Node's parser stumbled over; a server may echo the URL there.
      ...(rawPacket !== undefined && { rawPacket: undefined }),
    };
  }

  #once<Value extends object>(given: Value, clean: () => Value): Value {
    const known = this.#cleaned.get(given);
    if (known !== undefined) return known as Value;
    // What refers back to itself meets itself.
    this.#cleaned.set(given, given);
    const cleaned = clean();
    this.#cleaned.set(given, cleaned);
    this.#cleaned.set(cleaned, cleaned);
    return cleaned;
  }

  #redact(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#redact(item));
    return typeof value === 'string' ? redact(value, this.#exposed.secrets) : value;
  }
}

function set(object: object, name: string, value: unknown): boolean {
  return Reflect.get(object, name) === value || Reflect.set(object, name, value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
