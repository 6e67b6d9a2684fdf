import { isReadableStream, platformClassOf } from '../readers/brands';
import { detachedResponseBody, detachedWebStream } from './detached-stream';
import { copyOfHeaders } from './fetch-headers';
import { redact } from '../injector/redact';

/** What is shown of a `Response` in place of what it holds. */
type PublicFacts = { url: string; status: number; ok: boolean; type: string; redirected: boolean };

type Hidden = {
  wireUrl: string;
  publicUrl: string;
  secrets: readonly string[];
  clean: (error: unknown) => unknown;
};

/**
 * A new Response of the same class: the one that came holds the URL with its credential, and so would its clone. Status
 * text, headers and the errors of its body are cleaned; its body is not.
 */
export function publicResponse(
  response: Response,
  { wireUrl, publicUrl, secrets, clean }: Hidden,
): Response {
  const { status, statusText, ok, type, redirected, body } = response;
  const copy = new (platformClassOf(response) as typeof Response)(
    (isReadableStream(body)
      ? detachedWebStream(() => response.body as ReadableStream, clean)
      : detachedResponseBody(body, clean)) as ConstructorParameters<typeof Response>[0],
    {
      // No other status is allowed for a Response that is made.
      status: status >= 200 && status <= 599 ? status : 200,
      statusText: redact(statusText, secrets),
      headers: publicHeaders(response.headers, secrets),
    },
  );
  const url = response.url === wireUrl ? publicUrl : redact(response.url, secrets);
  Object.setPrototypeOf(copy, Object.getPrototypeOf(response) as object);
  return withFacts(copy, { url, status, ok, type, redirected });
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

function withFacts(response: Response, facts: PublicFacts): Response {
  const clone = () => withFacts(original.clone.call(response), facts);
  const original = overlay(response, {
    ...getters(facts),
    clone: { value: clone, enumerable: true },
  });
  // As those of a Response that came over the network.
  const guard = { value: immutable, enumerable: true };
  overlay(response.headers, { append: guard, set: guard, delete: guard });
  return response;
}

/** Puts properties between an object and its prototype, which is given back: its own fields would show. */
function overlay<Of extends object>(object: Of, properties: PropertyDescriptorMap): Of {
  const prototype = Object.getPrototypeOf(object) as Of;
  Object.setPrototypeOf(object, Object.create(prototype, properties) as object);
  return prototype;
}

function getters(facts: object): PropertyDescriptorMap {
  const entries = Object.entries(facts).map(([name, value]: [string, unknown]) => {
    return [name, { get: () => value, enumerable: true }];
  });
  return Object.fromEntries(entries) as PropertyDescriptorMap;
}

function immutable(): never {
  throw new TypeError('immutable');
}
