type Body = { status?: unknown; messages?: { status?: unknown }[] };

/** Where a product that answers HTTP 200 says in its JSON how the request went, and what refuses. */
type StatusInBody = { in: (body: Body) => unknown; refused: readonly string[] };

/** 4 are bad credentials, 14 is a wrong signature (API reference of each product). */
const statuses: ReadonlyMap<string, StatusInBody> = new Map([
  ['sms', { in: ({ messages }: Body) => messages?.[0]?.status, refused: ['4', '14'] }],
  ['verify', { in: ({ status }: Body) => status, refused: ['4'] }],
  ['number-insight', { in: ({ status }: Body) => status, refused: ['4'] }],
]);

/**
 * The same in XML, where it is an element, or an attribute in Number Insight. No attribute holds a `<`
 * (XML 1.0, section 3.1), so each tag is searched once, and many that do not end take linear time.
 */
const statusInXml = /<status>\s*(\d+)\s*<\/status>|<error\s[^<>]*?code=["'](\d+)["']/;

/** What is looked at of an answer; `body` is read only where a product says it there. */
export type Answered = {
  status: number;
  /** The Date header. */
  date: string | null | undefined;
  body: () => string | undefined | Promise<string | undefined>;
};

/** Whether the platform has refused the credential: by HTTP 401, or in the body. */
export async function isRefused(
  product: string,
  { status, body }: Omit<Answered, 'date'>,
): Promise<boolean> {
  if (status === 401) return true;
  const told = status === 200 ? statuses.get(product) : undefined;
  const text = told && (await body());
  if (told === undefined || text === undefined) return false;
  const [, element, attribute] = statusInXml.exec(text) ?? [];
  const isXml = text.trimStart().startsWith('<');
  return told.refused.includes(String(isXml ? (element ?? attribute) : told.in(parse(text))));
}

function parse(text: string): Body {
  try {
    return Object(JSON.parse(text)) as Body;
  } catch {
    return {};
  }
}
