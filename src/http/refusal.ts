/** Where a product that answers HTTP 200 says in the body how the request went. */
type StatusInBody = {
  readonly json: (body: Body) => unknown;
  readonly xml: RegExp;
  /** Those that mean a refused credential. */
  readonly refused: readonly string[];
};

type Body = { status?: unknown; messages?: { status?: unknown }[] };

/** 4 are bad credentials, 14 is a wrong signature (API reference of each product). */
const statusInBody: ReadonlyMap<string, StatusInBody> = new Map([
  [
    'sms',
    {
      json: ({ messages }: Body) => messages?.[0]?.status,
      xml: /<status>(\d+)<\/status>/,
      refused: ['4', '14'],
    },
  ],
  [
    'verify',
    { json: ({ status }: Body) => status, xml: /<status>(\d+)<\/status>/, refused: ['4'] },
  ],
  [
    'number-insight',
    { json: ({ status }: Body) => status, xml: /<error code="(\d+)"/, refused: ['4'] },
  ],
]);

/** What is looked at of an answer; `body` is read only where a product says it there. */
export type Answered = {
  status: number;
  body: () => string | undefined | Promise<string | undefined>;
};

/** Whether the platform has refused the credential: by HTTP 401, or in the body. */
export async function isRefused(product: string, { status, body }: Answered): Promise<boolean> {
  if (status === 401) return true;
  const told = status === 200 ? statusInBody.get(product) : undefined;
  if (told === undefined) return false;
  const text = (await body()) ?? '';
  const isXml = text.trimStart().startsWith('<');
  const found = isXml ? told.xml.exec(text)?.[1] : told.json(parse(text));
  return told.refused.includes(String(found));
}

function parse(text: string): Body {
  try {
    return Object(JSON.parse(text)) as Body;
  } catch {
    return {};
  }
}
