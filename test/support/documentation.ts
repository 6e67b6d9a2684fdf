import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { root } from './run';

/** Whether a file of `docs/` is not a page: the build of the site writes it, or makes pages from it. */
const isSource = (path: string) => !path.endsWith('.md') || /^reference\/|\[/.test(path);

/** The paths of the README and of every page of `docs/`. */
export const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll(sep, '/'))
    .filter((path) => !isSource(path))
    .sort()
    .map((path) => `docs/${path}`),
];

export const readPage = (page: string) => readFileSync(join(root, page), 'utf8');

type CodeBlock = { language: string; code: string };

const allCodeBlocksOf = (page: string): CodeBlock[] =>
  [...readPage(page).matchAll(/^```(\w+)(?: \[.+\])?\n([\s\S]*?)^```$/gm)].map(
    ([, language, code]) => ({
      language: String(language),
      code: String(code).trim(),
    }),
  );

/** The code blocks of a page that are in one language. */
export const codeBlocksOf = (page: string, language: string) =>
  allCodeBlocksOf(page)
    .filter((block) => block.language === language)
    .map(({ code }) => code);

/** The first line of a code block with the old code, or with the new code that replaces it. */
export const [before, after] = ['// Before\n', '// After\n'] as const;

/** The programs of a page: those in TypeScript, and old code in JavaScript. */
export const programsOf = (page: string): CodeBlock[] =>
  allCodeBlocksOf(page).filter(
    ({ language, code }) => language === 'ts' || (language === 'js' && code.startsWith(before)),
  );
