import { dirname, join, normalize } from 'node:path';
import { pages, readPage } from './documentation';

/** The pages and the documents of the project. */
export const documents = [...pages, 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'];

export const withoutCode = (page: string) => readPage(page).replace(/^```[\s\S]*?^```$/gm, '');

export const linksOf = (page: string) =>
  [...withoutCode(page).matchAll(/\]\(([^\s)]+)\)/g)].map(([, link]) => String(link));

export const isAbsolute = (link: string) => /^[a-z]+:/.test(link);

/** The path of a relative link in the repository, and its anchor. */
export function targetOf(page: string, link: string): { path: string; anchor: string | undefined } {
  const [path = '', anchor] = link.split('#');
  return { path: path === '' ? page : normalize(join(dirname(page), path)), anchor };
}
