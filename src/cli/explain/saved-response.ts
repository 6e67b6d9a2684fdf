import { parseJsonOrText } from '../parse-values';

/** A response, as far as it is known. */
export type SavedResponse = {
  status: number | undefined;
  headers: Record<string, string>;
  body: string;
};

/** Reads a response as `curl -i` saves it, or a body alone. Of several responses, such as of a proxy, the last counts. */
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

/** The member `status` of a problem (RFC 9457), which is the HTTP status. SMS and Verify give one of their own there. */
function statusMember(body: string): number | undefined {
  const { status } = Object(parseJsonOrText(body)) as { status?: unknown };
  const isHttp = typeof status === 'number' && status >= 400 && status <= 599;
  return isHttp ? status : undefined;
}
