import type { Refusal } from '../injector/products';
import type { Verdict } from '../injector/retry-policy';

/** What is looked at of an answer; `body` is read only where a product says it there. */
export type Answered = {
  status: number;
  /** The Date header. */
  date: string | null | undefined;
  body: () => string | undefined | Promise<string | undefined>;
};

/** How an answer names a refusal. */
export type Problem = Record<'type' | 'title' | 'code', string | undefined>;

/**
 * Reads from an answer whether the platform has refused the credential: by HTTP 401, by HTTP 403, of
 * which the attempt knows whether it is about the clock, or in the body, where the product says so.
 */
export async function verdictOf(
  { refusal }: { refusal: Refusal | undefined },
  { status, body }: Omit<Answered, 'date'>,
): Promise<Verdict> {
  if (status === 401 || status === 403) return 'refused';
  const text = status === 200 && refusal !== undefined ? await body() : undefined;
  if (refusal === undefined || text === undefined) return 'accepted';
  const codes = codesIn(text, refusal);
  if (!codes.some((code) => refusal.codes.includes(code))) return 'accepted';
  return codes.every((code) => refusal.codes.includes(code)) ? 'refused' : 'partly refused';
}

/** Members by which the products of the platform name what is wrong, in order of preference. */
const titles = [
  'title',
  'error_title',
  'error-code-label',
  'error_text',
  'status_message',
  'error',
];

/** What a body says of a refusal: a problem (RFC 9457), the platform's earlier forms of that, or the product's code. */
export function problemIn(text: string, refusal: Refusal | undefined): Problem {
  const fields = Object(parse(text)) as Record<string, unknown>;
  const textAt = (name: string) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const codes = refusal === undefined ? [] : codesIn(text, refusal);
  return {
    type: textAt('type'),
    title: titles.map(textAt).find((title) => title !== undefined),
    code: textAt('error-code') ?? codes.find((code) => refusal?.codes.includes(code)),
  };
}

function codesIn(text: string, { json = [], xml = [] }: Refusal): string[] {
  if (text.trimStart().startsWith('<')) return codesInXml(text, new Set(xml));
  const body = parse(text);
  return json.flatMap((path) => codesAt(body, path.split('.')));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
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

/** Both patterns are linear in the text, since an attempt to match ends where the next one can begin. */
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
