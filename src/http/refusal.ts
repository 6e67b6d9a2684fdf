import type { Refusal } from '../injector/products';
import type { Verdict } from '../injector/retry-policy';

/** The parts of a response that show a refusal. `body` is called only if the body may describe the refusal. */
export type ResponseSummary = {
  status: number;
  /** The Date header. */
  date: string | null | undefined;
  body: () => string | undefined | Promise<string | undefined>;
};

/**
 * The labels that a response gives to a refusal. `refusalCode` is the first code in the body that is one of
 * `Refusal.codes`.
 */
export type Problem = Record<'type' | 'title' | 'code' | 'refusalCode', string | undefined>;

/**
 * Whether the platform has refused the credential. HTTP 401 and HTTP 403 are refusals. HTTP 200 is a refusal if the
 * body contains one of the codes in the product's `refusal`. Does not check whether HTTP 403 is due to the clock or to
 * permissions. `Attempt.retry` checks that.
 */
export async function verdictOf(
  { refusal }: { refusal: Refusal | undefined },
  { status, body }: Omit<ResponseSummary, 'date'>,
): Promise<Verdict> {
  if (status === 401 || status === 403) return 'refused';
  const text = status === 200 && refusal !== undefined ? await body() : undefined;
  if (refusal === undefined || text === undefined) return 'not refused';
  const codes = codesIn(contentOf(text), refusal);
  if (!codes.some((code) => refusal.codes.includes(code))) return 'not refused';
  return codes.every((code) => refusal.codes.includes(code)) ? 'refused' : 'partly refused';
}

/** JSON members in which the platform's products describe an error, in order of preference. */
const titles = [
  'title',
  'error_title',
  'error-code-label',
  'error_text',
  'status_message',
  'error',
];

/**
 * Reads the labels of a refusal from a body, which is text or already parsed. The body may be a problem (RFC 9457),
 * have an earlier format of the platform, or contain a code of the product.
 */
export function problemIn(body: unknown, refusal: Refusal | undefined): Problem {
  const content = contentOf(body);
  const fields = Object(content.value) as Record<string, unknown>;
  const stringAt = (name: string) => {
    const member = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return typeof member === 'string' ? member : undefined;
  };
  const codes = refusal === undefined ? [] : codesIn(content, refusal);
  const refusalCode = codes.find((code) => refusal?.codes.includes(code));
  return {
    type: stringAt('type'),
    title: titles.map(stringAt).find((title) => title !== undefined),
    code: stringAt('error-code') ?? refusalCode ?? stringAt('code'),
    refusalCode,
  };
}

/** XML as text, or a value that was parsed from JSON. */
type Content = { xml: string; value?: never } | { xml?: never; value: unknown };

function contentOf(body: unknown): Content {
  if (typeof body !== 'string') return { value: body };
  return body.trimStart().startsWith('<') ? { xml: body } : { value: parseJson(body) };
}

function codesIn({ xml, value }: Content, refusal: Refusal): string[] {
  if (xml !== undefined) return codesInXml(xml, new Set(refusal.xml));
  return (refusal.json ?? []).flatMap((path) => codesAt(value, path.split('.')));
}

function parseJson(text: string): unknown {
  try {
    // A byte-order mark counts as white space in JavaScript, but not in JSON.
    return JSON.parse(text.trimStart());
  } catch {
    return undefined;
  }
}

function codesAt(value: unknown, [name, ...rest]: readonly string[]): string[] {
  if (name === undefined) return isCode(value) ? [String(value)] : [];
  if (name === '*' && Array.isArray(value)) return value.flatMap((item) => codesAt(item, rest));
  const fields = Object(value) as Record<string, unknown>;
  return Object.hasOwn(fields, name) ? codesAt(fields[name], rest) : [];
}

function isCode(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** `tags` and `attributes` take linear time: a failed match stops near the next place where a match can start. */
const tags = /<([^\s<>/!?]+)(\s[^<>]*)?>([^<]*)/g;
const attributes = /\s([^\s=<>/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

function codesInXml(text: string, names: ReadonlySet<string>): string[] {
  const codes: string[] = [];
  for (const [, element, inTag = '', content] of text.matchAll(tags)) {
    if (names.has(String(element))) codes.push(String(content).trim());
    for (const [, name, double, single] of inTag.matchAll(attributes)) {
      if (names.has(`${element}@${name}`)) codes.push(String(double ?? single).trim());
    }
  }
  return codes;
}
