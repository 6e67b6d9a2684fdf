import type { Credentials } from '../../index';
import type { SandboxRequest } from '../../testing/index';
import type { CommandContext } from '../context';
import { fieldOf } from '../credential-places';
import { type Format, style } from '../output';
import type { Redactor } from '../redactor';

/** What the sandbox reports about a request. Omits the query and the body, because they may hold secrets. */
export type RequestReport = {
  method: string;
  host: string;
  path: string;
  product?: string | undefined;
  scheme?: string | undefined;
  status: number;
  /** Whether the credential was accepted. Undefined if the URL belongs to no product. */
  verdict?: 'accepted' | 'refused' | undefined;
  reason?: string | undefined;
};

export function reportOf(request: SandboxRequest, redact: Redactor): RequestReport {
  const { method, host, path, product, scheme, status, refusal } = request;
  const known = refusal !== undefined || product !== undefined;
  const verdict = known ? (refusal === undefined ? 'accepted' : 'refused') : undefined;
  return {
    method: printable(method, redact),
    host: printable(host, redact),
    // If a request cannot be read, `path` is its whole target, with the query.
    path: printable(path.replace(/[?#].*$/s, ''), redact),
    product,
    scheme,
    status,
    verdict,
    reason: refusal === undefined ? undefined : printable(refusal, redact),
  };
}

/** Redacts secrets. Replaces the characters that could control the terminal. */
function printable(text: string, redact: Redactor): string {
  return redact(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

/** The secrets that a client may have put into the wrong place of a request. */
export function secretsOf(credentials: Credentials): string[] {
  const fields = ['apiSecret', 'signatureSecret'] as const;
  const both = [credentials, credentials.rotated('key-secret'), credentials.rotated('signature')];
  return both.flatMap((each) =>
    each === undefined ? [] : fields.flatMap((field) => fieldOf(each, field) ?? []),
  );
}

const verdictFormats = { accepted: 'green', refused: 'red' } as const satisfies Record<
  string,
  Format
>;

/** A line for people: `12:30:00  401 refused   voice  bearer  GET api.nexmo.com/v1/calls  (jwt expired)`. */
export function requestLine(report: RequestReport, io: CommandContext): string {
  const { method, host, path, product = '-', scheme = '-', status, verdict, reason } = report;
  const format = verdict === undefined ? 'yellow' : verdictFormats[verdict];
  return [
    style(io, 'dim', timeOf(io)),
    style(io, format, `${status} ${(verdict ?? 'unknown URL').padEnd(8)}`),
    product.padEnd(14),
    scheme.padEnd(9),
    `${method} ${host}${path}`,
    ...(reason === undefined ? [] : [style(io, format, `(${reason})`)]),
  ].join('  ');
}

export function timeOf(io: CommandContext): string {
  return new Date(io.now()).toTimeString().slice(0, 8);
}
