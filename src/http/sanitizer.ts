import { detachedResponseBody } from './detached-stream';
import {
  redact,
  redactHeaders,
  redactName,
  redactQuotedJson,
  redactValue,
} from '../injector/redact';
import { isError, isIterable, isPlainObject, isResponse } from '../readers/brands';

/** The config and the request that the caller sees instead of the sent ones, and the secrets to redact. */
export type PublicView = {
  config: object;
  request: object;
  secrets: readonly string[];
  /** Replaces a `Response` in the error of a `fetch`. */
  publicResponse?: (response: Response) => Response;
};

export type ClientResponse = {
  config: object;
  request?: unknown;
  status: number;
  statusText: string;
  headers: object;
  data: unknown;
};

/** The fields of an error that the sanitizer replaces as a whole. */
const replacedFields = new Set<PropertyKey>(['config', 'request', 'response', 'cause']);

/** The fields of a response of axios. */
const responseFields = new Set(['config', 'request', 'status', 'statusText', 'headers', 'data']);

/** How deep data in an error or in a response is copied. */
const maximumDepth = 5;

type SentRequest = { res?: { responseUrl?: string } };

/**
 * Removes the secrets of one request from its response or error. Handles each object once, since several axios errors
 * can refer to the same response. For the responses of `fetch`, see public-response.ts.
 */
export class Sanitizer {
  readonly #view: PublicView;
  readonly #sanitized = new WeakMap<object, object>();

  /** Bodies keep this function. A closure made for a response would keep that response, and its body, alive. */
  readonly #sanitizeError = (error: unknown) => this.error(error);

  constructor(view: PublicView) {
    this.#view = view;
  }

  /**
   * A copy of the response that does not lead to the sent request, neither through `request` nor through the socket of
   * a streamed body. Redacts secrets in the status text, in fields that axios does not know, and in the headers. An
   * object of headers is changed, if that is possible. Does not change the body.
   */
  response(response: ClientResponse): ClientResponse {
    return this.#once(response, () => {
      const { config } = this.#view;
      const request = { ...this.#view.request, ...this.#redirectTarget(response.request) };
      const requestField = response.request !== undefined && { request };
      // A mock may respond without headers and without a request.
      const headers = this.#headers(response.headers);
      const data = detachedResponseBody(response.data, this.#sanitizeError);
      const statusText = this.#redact(response.statusText) as string;
      const others = this.#otherFields(response);
      return { ...response, ...others, config, ...requestField, headers, statusText, data };
    });
  }

  /** Redacts headers in place, so that they keep their class. Returns a copy if that is not possible. */
  #headers(headers: unknown): object {
    const { secrets } = this.#view;
    if (typeof headers !== 'object' || headers === null) return {};
    if (secrets.length === 0) return headers;
    const fields = Object.entries(headerFields(headers)).map(([name, value]) => ({
      name,
      publicName: redactName(name, secrets),
      value: redactValue(value, secrets),
    }));
    const isRedacted =
      !isMapLike(headers) &&
      fields.every(
        ({ name, publicName, value }) =>
          (publicName === name || Reflect.deleteProperty(headers, name)) &&
          setField(headers, publicName, value),
      );
    if (isRedacted) return headers;
    return Object.fromEntries(fields.map(({ publicName, value }) => [publicName, value]));
  }

  /** The fields that an adapter has added to a response. Empty if the request had no credential. */
  #otherFields(response: ClientResponse): object {
    if (this.#view.secrets.length === 0) return {};
    const others = Object.entries(response).filter(([name]) => !responseFields.has(name));
    return Object.fromEntries(
      others.map(([name, value]) => [name, this.#data(value, maximumDepth)]),
    );
  }

  /**
   * Sanitises an error in place, so that it keeps its class. Returns a new error if a field cannot be set, and for an
   * object that is not an error, such as a Request.
   */
  error(error: unknown): unknown {
    if (typeof error !== 'object' || error === null) return this.#redact(error);
    return this.#once(error, () => {
      if (this.#mayHoldRequest(error)) return this.#replacement(error);
      const fields = this.#sanitizedFields(error as Record<PropertyKey, unknown>);
      const isSanitized = Reflect.ownKeys(fields).every((name) =>
        setField(error, name, fields[name]),
      );
      return isSanitized ? error : this.#replacement(error);
    });
  }

  /** Whether an object may hold the sent request outside its fields, as a Map or a Request may. */
  #mayHoldRequest(value: object): boolean {
    const hasFieldsOnly =
      isError(value) || value instanceof Error || isPlainObject(value) || Array.isArray(value);
    return this.#view.secrets.length > 0 && !hasFieldsOnly;
  }

  #replacement(value: object): object {
    const response = isResponse(value) ? this.#view.publicResponse?.(value) : undefined;
    const { message = 'The request failed with an object that could show its credential.' } =
      value as { message?: unknown };
    return response ?? new Error(String(this.#redact(message)));
  }

  /**
   * An object with `res.responseUrl`, where users of axios read the URL after redirects. Empty if the request had a
   * credential.
   */
  #redirectTarget(request: unknown): object {
    const responseUrl = (request as SentRequest | undefined)?.res?.responseUrl;
    const isHidden = responseUrl === undefined || this.#view.secrets.length > 0;
    return isHidden ? {} : { res: { responseUrl } };
  }

  #sanitizedFields(error: Record<PropertyKey, unknown>): Record<PropertyKey, unknown> {
    const { config, request } = this.#view;
    const { cause, errors, headers } = error;
    const strings = [...Reflect.ownKeys(error), 'message', 'stack'].filter(
      (name) => typeof error[name] === 'string',
    );
    return {
      ...Object.fromEntries(strings.map((name) => [name, this.#text(error[name] as string)])),
      ...this.#sanitizedObjects(error),
      ...('config' in error && { config }),
      ...('request' in error && { request }),
      ...this.#sanitizedResponse(error['response']),
      // Some errors of undici have the headers of the response.
      ...(isPlainObject(headers) && { headers: redactHeaders(headers, this.#view.secrets) }),
      ...(cause !== undefined && { cause: this.error(cause) }),
      ...(Array.isArray(errors) && { errors: errors.map((each) => this.error(each)) }),
      ...rejectedBytes(error),
    };
  }

  /**
   * The objects in all fields that are not `replacedFields`. A custom `fetch` may set such fields. Empty if the request
   * had no credential.
   */
  #sanitizedObjects(error: Record<PropertyKey, unknown>): Record<PropertyKey, unknown> {
    if (this.#view.secrets.length === 0) return {};
    const names = Reflect.ownKeys(error).filter(
      (name) => typeof error[name] === 'object' && !replacedFields.has(name),
    );
    return Object.fromEntries(names.map((name) => [name, this.#data(error[name], maximumDepth)]));
  }

  /**
   * A copy of a value, with redacted text. Undefined for an object that is not an error, an array or a plain object,
   * since such an object could lead to the sent request.
   */
  #data(value: unknown, depth: number): unknown {
    if (typeof value !== 'object' || value === null) return this.#redact(value);
    if (isError(value)) return this.error(value);
    if (depth === 0) return undefined;
    if (Array.isArray(value)) return value.map((item) => this.#data(item, depth - 1));
    if (!isPlainObject(value)) return undefined;
    const entries = Object.entries(value).map(([name, item]) => [
      redactName(name, this.#view.secrets),
      this.#data(item, depth - 1),
    ]);
    return Object.fromEntries(entries) as unknown;
  }

  #sanitizedResponse(response: unknown): Record<string, unknown> {
    if (typeof response !== 'object' || response === null) return {};
    if (isResponse(response)) return { response: this.#view.publicResponse?.(response) };
    return { response: this.response(response as ClientResponse) };
  }

  #once<Value extends object>(original: Value, sanitize: () => Value): Value {
    const known = this.#sanitized.get(original);
    if (known !== undefined) return known as Value;
    // Ends the recursion for an object that refers to itself.
    this.#sanitized.set(original, original);
    const sanitized = sanitize();
    this.#sanitized.set(original, sanitized);
    this.#sanitized.set(sanitized, sanitized);
    return sanitized;
  }

  /** The text of an error. */
  #text(text: string): string {
    const { secrets } = this.#view;
    return redactQuotedJson(redact(text, secrets), secrets);
  }

  #redact(value: unknown): unknown {
    return redactValue(value, this.#view.secrets);
  }
}

/**
 * Removes the bytes that the HTTP parser of Node (`rawPacket`) or of undici (`data`) rejected. They may begin within a
 * secret that the server repeated, and the rest of a secret is not recognised.
 */
function rejectedBytes({ name, rawPacket }: Record<PropertyKey, unknown>): object {
  return {
    ...(rawPacket !== undefined && { rawPacket: undefined }),
    ...(name === 'HTTPParserError' && { data: undefined }),
  };
}

/** Whether headers are pairs and not fields, as in `Headers` or a Map. */
function isMapLike(headers: object): headers is Iterable<[unknown, unknown]> {
  return isIterable(headers) && Object.keys(headers).length === 0;
}

/** The headers in an object of any kind, also inherited ones. Methods do not count. */
function headerFields(headers: object): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  if (isMapLike(headers)) {
    for (const [name, value] of headers) {
      const key = String(name);
      fields[key] = key in fields ? [fields[key], value].flat() : value;
    }
    return fields;
  }
  for (const name in headers) {
    const value: unknown = Reflect.get(headers, name);
    if (typeof value !== 'function') fields[name] = value;
  }
  return fields;
}

function setField(object: object, name: PropertyKey, value: unknown): boolean {
  return Reflect.get(object, name) === value || Reflect.set(object, name, value);
}
