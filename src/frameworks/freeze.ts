import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import { isHeadSent, isHttp2, removeHeaders } from './node';

/**
 * Freezes a response that is not sent yet, although its handler is done. Until the returned function is called, the
 * response looks sent, so that other code does not respond once more, and ignores further content. The returned
 * function restores the response as it was, whatever other code changed.
 */
export function freeze(response: ServerResponse): () => void {
  const restore = remember(response);
  const unfreeze = shadow(response, {
    headersSent: true,
    writableEnded: true,
    // Not the deprecated `finished`: a server that closes would end the connection.
    write: () => true,
    writeHead: () => response,
    flushHeaders: () => undefined,
    end: () => response,
  });
  return () => {
    unfreeze();
    restore();
  };
}

/** Remembers the status and the headers. The returned function restores them, unless they were sent. */
export function remember(response: ServerResponse): () => void {
  const { statusCode } = response;
  // HTTP/2 has no status message, and Node warns if it is read.
  const message = isHttp2(response.req) ? {} : { statusMessage: response.statusMessage };
  const headers = copyHeaders(response.getHeaders());
  return () => {
    if (isHeadSent(response)) return;
    removeHeaders(response);
    Object.assign(response, { statusCode, ...message });
    for (const [name, value] of headers) response.setHeader(name, value);
  };
}

/** Copies headers, also the lists that `appendHeader` changes. */
export function copyHeaders(headers: object): [name: string, value: OutgoingHttpHeader][] {
  const entries = Object.entries(headers as Record<string, OutgoingHttpHeader>);
  return (
    entries
      // HTTP/2 adds `:status`, which Node sets by itself.
      .filter(([name]) => !name.startsWith(':'))
      .map(([name, value]) => [name, Array.isArray(value) ? [...value] : value])
  );
}

/** Replaces members of an object until the returned function is called. */
function shadow(object: object, members: Record<string, unknown>): () => void {
  const own = Object.keys(members).map(
    (name) => [name, Object.getOwnPropertyDescriptor(object, name)] as const,
  );
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(object, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const [name, descriptor] of own) {
      if (descriptor === undefined) Reflect.deleteProperty(object, name);
      else Object.defineProperty(object, name, descriptor);
    }
  };
}
