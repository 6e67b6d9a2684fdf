import { types } from 'node:util';
import { causeOf, type RefusalExplanation, refusingStatuses } from '../injector/refusal-causes';
import { isHeaders } from '../readers/brands';
import { problemIn } from './refusal';

/** The parts of a response that {@link explainRefusal} reads. A response of axios has this form. */
export type ExplainableAnswer = {
  /** The HTTP status. */
  status: number;
  /** A `Headers` object, an `AxiosHeaders` object, or a plain object with the header names as keys. */
  headers?: unknown;
  /** The body as text, as bytes, or as the value that was parsed from JSON. */
  body?: unknown;
  /** The body, under the name that axios uses. Read if there is no `body`. */
  data?: unknown;
};

/** Where SMS, Verify and Number Insight give their status, and which statuses are refusals. */
const statusRefusal = {
  json: ['messages.*.status', 'status'],
  xml: ['status', 'error@code'],
  codes: refusingStatuses,
};

/**
 * Explains why the platform refuses a request: the cause and the remedy in plain English, and the platform's code for
 * the cause. Undefined if the response is not a refusal. Only an error that concerns the credentials or the account is
 * a refusal.
 *
 * Reads:
 *
 * - problems (RFC 9457) and the older formats of the platform
 * - the statuses that SMS, Verify and Number Insight give with HTTP 200, in JSON or XML
 * - the error code in `WWW-Authenticate` (RFC 6750)
 *
 * The result contains nothing of the response, and no secret. Never throws. Does not check whether your clock is wrong.
 * The event `nexmo-auth:request:refused` reports a wrong clock.
 */
export function explainRefusal(answer: ExplainableAnswer): RefusalExplanation | undefined {
  const status = readOr(undefined, () => answer.status);
  if (typeof status !== 'number') return undefined;
  const problem = readOr(undefined, () =>
    problemIn(decoded(answer.body ?? answer.data), statusRefusal),
  );
  if (status === 200) return causeOf({ status, code: problem?.refusalCode });
  if (status < 400 || status > 499) return undefined;
  const { type, code, title } = problem ?? {};
  const bearerError = readOr(undefined, () => bearerErrorIn(answer.headers));
  return causeOf({ status, type, code: code ?? bearerError, title });
}

/** The result of `read`, or `fallback` if `read` throws. A getter or a proxy in a response can make `read` throw. */
function readOr<Value>(fallback: Value, read: () => Value): Value {
  try {
    return read();
  } catch {
    return fallback;
  }
}

function decoded(body: unknown): unknown {
  return types.isUint8Array(body) || types.isArrayBuffer(body)
    ? new TextDecoder().decode(body)
    : body;
}

/** The `error` of a Bearer challenge (RFC 6750, section 3). */
function bearerErrorIn(headers: unknown): string | undefined {
  const entries = isHeaders(headers)
    ? [...headers]
    : Object.entries(Object(headers) as Record<string, unknown>);
  const header = entries.find(([name]) => name.toLowerCase() === 'www-authenticate');
  return /\berror="(\w{1,50})"/.exec(String(header?.[1]))?.[1];
}
