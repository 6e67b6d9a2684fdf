import type { IncomingMessage } from 'node:http';
import type { SignedRequest } from './oauth1/signed-request';

/** A request as it arrived, read in all the ways in which it is looked at. */
export type Arrived = {
  method: string;
  /** The real host, which is the first path segment of the sandbox's URLs. */
  host: string;
  /** Without the host and without empty segments. */
  path: string;
  /** Of a repeated parameter, the last. */
  query: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
  searchParams: URLSearchParams;
  /** What the body holds, as a form or as JSON. */
  fields: Readonly<Record<string, unknown>>;
  signed: SignedRequest;
};

/** @throws when the client goes away before its request is complete, or asks for no path. */
export async function readArrived(request: IncomingMessage, origin: string): Promise<Arrived> {
  const { headers } = request;
  const [method, target] = [String(request.method), String(request.url)];
  const url = new URL(`http://sandbox${target}`);
  const [host, ...segments] = url.pathname.slice(1).split('/') as [string, ...string[]];
  const body = await readBody(request);
  const contentType = String(headers['content-type']);
  return {
    method,
    host,
    path: `/${segments.filter(Boolean).join('/')}`,
    query: Object.fromEntries(url.searchParams),
    headers,
    body,
    searchParams: url.searchParams,
    fields: fieldsOf(body, contentType),
    signed: {
      method,
      origin,
      path: String(/^[^?]*/.exec(target)),
      query: target.replace(/^[^?]*\??/, ''),
      form: /^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType) ? body : '',
      authorization: headers.authorization ?? '',
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function fieldsOf(body: string, contentType: string): Record<string, unknown> {
  if (!contentType.includes('json')) return Object.fromEntries(new URLSearchParams(body));
  try {
    return { ...(JSON.parse(body) as object) };
  } catch {
    return {};
  }
}
