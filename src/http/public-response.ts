import { isReadableStream } from '../readers/brands';
import { detachedResponseBody, detachedWebStream } from './detached-stream';
import { redact } from './redact';

/** What is shown of a `Response` in place of what it holds. */
type PublicFacts = { url: string; status: number; ok: boolean; type: string; redirected: boolean };

type Hidden = {
  wireUrl: string;
  publicUrl: string;
  secrets: readonly string[];
  clean: (error: unknown) => unknown;
};

/**
 * A new Response of the same class, since the one that came holds the URL with its credential, and so would its clone.
 * Status text, headers and the errors of its body are cleaned; its body is not.
 */
export function publicResponse(
  response: Response,
  { wireUrl, publicUrl, secrets, clean }: Hidden,
): Response {
  const { status, statusText, ok, type, redirected, body } = response;
  // No other status is allowed for a Response that is made.
  const isAllowed = status >= 200 && status <= 599;
  const copy = new (response.constructor as typeof Response)(
    (isReadableStream(body)
      ? detachedWebStream(() => response.body as ReadableStream, clean)
      : detachedResponseBody(body, clean)) as ConstructorParameters<typeof Response>[0],
    {
      status: isAllowed ? status : 200,
      statusText: redact(statusText, secrets),
      headers: Array.from(
        response.headers,
        ([name, value]) => [name, redact(value, secrets)] as const,
      ) as never,
    },
  );
  const url = response.url === wireUrl ? publicUrl : redact(response.url, secrets);
  return withFacts(copy, { url, status, ok, type, redirected });
}

function withFacts(response: Response, facts: PublicFacts): Response {
  const clone = () => {
    const prototype = Object.getPrototypeOf(response) as Response;
    return withFacts(prototype.clone.call(response), facts);
  };
  for (const [name, value] of Object.entries({ ...facts, clone })) {
    Object.defineProperty(response, name, { value, configurable: true });
  }
  // As those of a Response that came over the network.
  for (const name of ['append', 'set', 'delete']) {
    Object.defineProperty(response.headers, name, { value: immutable, configurable: true });
  }
  return response;
}

function immutable(): never {
  throw new TypeError('immutable');
}
