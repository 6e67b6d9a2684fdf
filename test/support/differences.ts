import { inspect } from 'node:util';
import { readPage } from './documentation';
import { encodingsOf } from './leaks';

/** What the old code does, and what this package does in its place. */
export type Difference = {
  before: () => unknown;
  was: unknown;
  after: () => unknown;
  is: unknown;
};

/** The statements of a section: the bold beginning of each item. */
function statementsOf(page: string, heading: string): string[] {
  const [, section = ''] = readPage(page).split(`\n## ${heading}\n`);
  const [items = ''] = section.split('\n## ');
  return [...items.matchAll(/^- \*\*([\s\S]+?)\.\*\*/gm)].map(([, statement]) =>
    String(statement).replace(/\s+/g, ' '),
  );
}

/** Checks every statement of a section by running the old code and the new code. */
export function testDifferences(
  page: string,
  heading: string,
  differences: Readonly<Record<string, Difference>>,
) {
  test(`${page} states the differences that are tested here, and no other`, () => {
    expect(statementsOf(page, heading)).toEqual(Object.keys(differences));
  });

  test.each(Object.entries(differences))('%s', async (_statement, { before, was, after, is }) => {
    expect(await before()).toEqual(was);
    expect(await after()).toEqual(is);
  });
}

/** What a call throws or rejects with: the `code` of an error that has one, or else the error as text. */
export async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : String(error);
  }
  return 'no error';
}

/** Whether `console.log`, at full depth, shows a secret in one of its encodings. */
export function logShows(value: unknown, secrets: readonly string[]): boolean {
  const text = typeof value === 'string' ? value : inspect(value, { depth: Infinity });
  return secrets.flatMap(encodingsOf).some((encoded) => text.includes(encoded));
}
