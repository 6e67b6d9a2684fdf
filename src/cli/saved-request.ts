import type { WebhookRequest } from '../index';
import { CliError } from './cli-error';
import { isObject, parseJsonObject } from './parse-values';
import { requireUtf8 } from './read-input';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a saved request: raw HTTP, an entry of a HAR file, a HAR file with one entry, or JSON with `method`, `url`,
 * `headers` and `body`.
 *
 * @throws CliError `ERR_FILE_INVALID`
 */
export function parseSavedRequest(bytes: Buffer): WebhookRequest {
  const start = bytes
    .toString('latin1')
    .replace(/^\u00EF\u00BB\u00BF/, '')
    .trimStart();
  if (!start.startsWith('{')) return parseRawHttp(bytes);
  const content = parseJsonObject(requireUtf8(bytes, 'The saved request'), 'The saved request');
  const request = harRequest(content);
  return request === undefined ? fromJson(content) : fromHar(request);
}

/**
 * Parses raw HTTP. Lines in the head may end with LF or CRLF. The bytes of the body stay unchanged. If there is a
 * `Content-Length`, the body ends after that number of bytes.
 */
function parseRawHttp(bytes: Buffer): WebhookRequest {
  const text = bytes.toString('latin1');
  const { 0: separator, index } = /\r?\n\r?\n/.exec(text) ?? { 0: '', index: text.length };
  const head = text.slice(0, index).split(/\r?\n/);
  const [, method, url] = /^([A-Z]+) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/.exec(String(head[0])) ?? [];
  if (method === undefined || url === undefined) {
    throw invalid('must begin with a request line, such as POST /webhooks HTTP/1.1, or be JSON');
  }
  const headers = collectHeaders(
    head
      .slice(1)
      .filter(Boolean)
      .map((line) => {
        const [, name, value] = /^([^\s:]+):(.*)$/.exec(line) ?? [];
        if (name === undefined || value === undefined)
          throw invalid('has a header without a colon');
        return [name, value.replace(/^[ \t]+|(?<![ \t])[ \t]+$/g, '')];
      }),
  );
  const body = bytes.subarray(index + separator.length);
  const length = String(headers['content-length']);
  const end = /^\d+$/.test(length) ? Number(length) : body.length;
  return { method, url, headers, rawBody: body.subarray(0, end) };
}

/** The request of a HAR entry, or of the only entry of a HAR file. */
function harRequest({ log, request }: Fields): Fields | undefined {
  if (isObject(request)) return request;
  const entries = isObject(log) ? log['entries'] : undefined;
  if (!Array.isArray(entries)) return undefined;
  const [entry, ...others] = entries as unknown[];
  if (isObject(entry) && isObject(entry['request']) && others.length === 0) return entry['request'];
  throw invalid(`is a HAR file with ${entries.length} entries. Save the one entry of the callback`);
}

function fromHar({ method, url, headers, postData }: Fields): WebhookRequest {
  if (!Array.isArray(headers)) throw invalid('has no headers');
  const pairs = (headers as unknown[]).map((header) => {
    if (isObject(header) && typeof header['name'] === 'string') {
      return [header['name'], headerText(header['value'])] as const;
    }
    throw invalid('has a header without a name');
  });
  const { text = '', encoding } = isObject(postData) ? postData : {};
  return {
    ...requestLine(method, url),
    headers: collectHeaders(pairs),
    rawBody: bodyBytes(text, encoding),
  };
}

function fromJson({ method, url, headers, body, rawBody, encoding }: Fields): WebhookRequest {
  if (!isObject(headers)) throw invalid('must have headers, as an object');
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map(
      (v) => [name, headerText(v)] as const,
    ),
  );
  return {
    ...requestLine(method, url),
    headers: collectHeaders(pairs),
    rawBody: bodyBytes(rawBody ?? body ?? '', encoding),
  };
}

function headerText(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw invalid('has a header whose value is not text');
}

function requestLine(
  method: unknown = 'POST',
  url: unknown = '/',
): { method: string; url: string } {
  if (typeof method === 'string' && typeof url === 'string') return { method, url };
  throw invalid('must have a method and a url, as text');
}

/** The bytes of the body. Refuses a parsed body, because it does not show the bytes that were signed. */
function bodyBytes(body: unknown, encoding: unknown): Buffer {
  if (typeof body !== 'string') {
    throw invalid('has a body that was parsed. Save the body as it was received, as text');
  }
  if (/\p{Surrogate}/u.test(body)) throw invalid('has a lone surrogate in its body');
  return Buffer.from(body, encoding === 'base64' ? 'base64' : 'utf8');
}

function collectHeaders(
  pairs: readonly (readonly [name: string, value: string])[],
): Record<string, string | string[]> {
  const headers = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    const values = headers.get(key);
    if (values === undefined) headers.set(key, [value]);
    else values.push(value);
  }
  return Object.fromEntries(
    [...headers].map(([name, values]) => [name, values.length > 1 ? values : String(values[0])]),
  );
}

function invalid(problem: string): CliError {
  return new CliError('ERR_FILE_INVALID', `The saved request ${problem}.`);
}
