import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run';

/** The README and every guide, by their paths in the repository. */
export const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
];

export const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

/** The code blocks of a page in one language. */
export const blocksOf = (page: string, language: string) =>
  [...textOf(page).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , code]) => String(code).trim());
