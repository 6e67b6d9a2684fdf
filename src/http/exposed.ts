import { detachedResponseBody } from './detached-stream';
import { redact } from './redact';

/** What the caller may see of a request: its config as it was, its method and URL as asked for. */
export type Exposed = { config: object; request: object; secrets: readonly string[] };

type Response = { config: object; request: unknown; headers: object; data: unknown };

/**
 * The response without the way back to what was sent: the request that the client made and, in a
 * streamed body, the socket's. Headers in which the server echoes a secret are redacted.
 */
export function cleanResponse<Given extends Response>(response: Given, exposed: Exposed): Given {
  const { config, request, secrets } = exposed;
  for (const [name, value] of Object.entries(response.headers)) {
    Object.assign(response.headers, { [name]: redactHeader(value, secrets) });
  }
  const data = detachedResponseBody(response.data, (error) => cleanError(error, exposed));
  return { ...response, config, request, data };
}

/** The same error, mended in place so that its class and `instanceof` stay. */
export function cleanError(error: unknown, exposed: Exposed): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const fields = error as Record<string, unknown>;
  if ('config' in fields) fields['config'] = exposed.config;
  if ('request' in fields) fields['request'] = exposed.request;
  if (fields['response']) {
    fields['response'] = cleanResponse(fields['response'] as Response, exposed);
  }
  for (const name of ['message', 'stack']) {
    if (typeof fields[name] === 'string') fields[name] = redact(fields[name], exposed.secrets);
  }
  cleanError(fields['cause'], exposed);
  return error;
}

function redactHeader(value: unknown, secrets: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => redactHeader(item, secrets));
  return typeof value === 'string' ? redact(value, secrets) : value;
}
