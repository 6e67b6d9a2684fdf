import { isReadableStream, platformClassOf } from '../readers/brands';
import { detachedResponseBody, detachedWebStream, type Sanitize } from './detached-stream';
import { copyOfHeaders } from './fetch-headers';
import { redact } from '../injector/redact';

/** The fields that a copy of a Response cannot get from its constructor. */
type ResponseFields = Pick<Response, 'url' | 'status' | 'ok' | 'type' | 'redirected'>;

type PublicResponseOptions = {
  wireUrl: string;
  callerUrl: string;
  secrets: readonly string[];
  sanitize: Sanitize;
};

/**
 * Copies a Response without its secrets. A clone would not do, since it keeps the URL with the credential. Redacts
 * secrets in the status text, in headers and in errors that are thrown while the body is read. The bytes of the body
 * stay as they are.
 */
export function publicResponse(
  response: Response,
  { wireUrl, callerUrl, secrets, sanitize }: PublicResponseOptions,
): Response {
  const { status, statusText, ok, type, redirected, body } = response;
  const copy = new (platformClassOf(response) as typeof Response)(
    (isReadableStream(body)
      ? detachedWebStream(() => response.body as ReadableStream, sanitize)
      : detachedResponseBody(body, sanitize)) as ConstructorParameters<typeof Response>[0],
    {
      // The constructor of Response accepts no other status.
      status: status >= 200 && status <= 599 ? status : 200,
      statusText: redact(statusText, secrets),
      headers: publicHeaders(response.headers, secrets),
    },
  );
  const url = response.url === wireUrl ? callerUrl : redact(response.url, secrets);
  Object.setPrototypeOf(copy, Object.getPrototypeOf(response) as object);
  return overrideFields(copy, { url, status, ok, type, redirected });
}

function publicHeaders(headers: Headers, secrets: readonly string[]): Headers {
  const copy = copyOfHeaders(headers);
  const redacted = [...headers].map(
    ([name, value]) => [name, value, redact(value, secrets)] as const,
  );
  const names = new Set(redacted.flatMap(([name, value, text]) => (value === text ? [] : [name])));
  for (const name of names) copy.delete(name);
  for (const [name, , text] of redacted) if (names.has(name)) copy.append(name, text);
  return copy;
}

function overrideFields(response: Response, fields: ResponseFields): Response {
  const clone = () => overrideFields(original.clone.call(response), fields);
  const original = insertPrototype(response, {
    ...gettersOf(fields),
    clone: { value: clone, enumerable: true },
  });
  // Headers cannot be changed, as in a Response from the network.
  const guard = { value: immutable, enumerable: true };
  insertPrototype(response.headers, { append: guard, set: guard, delete: guard });
  return response;
}

/**
 * Inserts an object with these properties between an object and its prototype. As own properties, they would appear in
 * `Object.keys`. Returns the original prototype.
 */
function insertPrototype<Of extends object>(object: Of, properties: PropertyDescriptorMap): Of {
  const prototype = Object.getPrototypeOf(object) as Of;
  Object.setPrototypeOf(object, Object.create(prototype, properties) as object);
  return prototype;
}

function gettersOf(fields: object): PropertyDescriptorMap {
  const entries = Object.entries(fields).map(([name, value]: [string, unknown]) => {
    return [name, { get: () => value, enumerable: true }];
  });
  return Object.fromEntries(entries) as PropertyDescriptorMap;
}

function immutable(): never {
  throw new TypeError('immutable');
}
