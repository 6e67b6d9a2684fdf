import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run';

/** The paths of the README and of every guide. */
export const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
];

export const readPage = (page: string) => readFileSync(join(root, page), 'utf8');

/** The code blocks of a page that are in one language. */
export const codeBlocksOf = (page: string, language: string) =>
  [...readPage(page).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , code]) => String(code).trim());
