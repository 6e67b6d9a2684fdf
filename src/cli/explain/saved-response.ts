import { parseJsonOrText } from '../parse-values';

/** A response, as far as it is known. */
export type SavedResponse = {
  status: number | undefined;
  headers: Record<string, string>;
  body: string;
};

/**
 * Reads the output of `curl -i`, or a body alone. If there are several responses, reads the last response, because
 * the first response may be from a proxy.
 */
export function readResponse(text: string): SavedResponse {
  const normalized = text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n');
  const responses = normalized.split(/^(?=HTTP\/\d(?:\.\d)? \d{3}\b)/m);
  const last = String(responses.at(-1));
  const status = /^HTTP\/\S+ (\d{3})/.exec(last)?.[1];
  if (status === undefined) return { status: statusMember(last), headers: {}, body: last.trim() };
  const [head, ...rest] = last.split('\n\n') as [string, ...string[]];
  return { status: Number(status), headers: headersIn(head), body: rest.join('\n\n').trim() };
}

function headersIn(head: string): Record<string, string> {
  const lines = head.split('\n').slice(1);
  return Object.fromEntries(
    lines.map((line) => {
      const [name, ...value] = line.split(':') as [string, ...string[]];
      return [name.trim().toLowerCase(), value.join(':').trim()];
    }),
  );
}

/**
 * The member `status` of problem details (RFC 9457), if it is an HTTP status. In a body of SMS or Verify, `status` is
 * not an HTTP status but a status of the product.
 */
function statusMember(body: string): number | undefined {
  const { status } = Object(parseJsonOrText(body)) as { status?: unknown };
  const isHttp = typeof status === 'number' && status >= 400 && status <= 599;
  return isHttp ? status : undefined;
}
