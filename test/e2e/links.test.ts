import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pages, readPage } from '../support/documentation';
import { documents, isAbsolute, linksOf, targetOf, withoutCode } from '../support/links';
import { root } from '../support/run';

const guides = pages.filter((page) => page.startsWith('docs/'));
/** The anchors that GitHub derives from the headings. */
const anchorsOf = (page: string) =>
  [...withoutCode(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    String(heading)
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe.each(documents)('%s', (page) => {
  const relative = linksOf(page).filter((link) => !isAbsolute(link));

  test('links only to files and headings that exist', () => {
    const broken = relative.filter((link) => {
      const { path, anchor } = targetOf(page, link);
      if (!existsSync(join(root, path))) return true;
      return anchor !== undefined && !anchorsOf(path).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('has no two headings with the same anchor', () => {
    const anchors = page === 'CHANGELOG.md' ? [] : anchorsOf(page);
    expect(anchors).toEqual([...new Set(anchors)]);
  });
});

test('absolute links lead to package pages and standards, never to an address of this project', () => {
  const hosts = documents
    .flatMap(linksOf)
    .filter(isAbsolute)
    .map((link) => new URL(link).host);
  expect([...new Set(hosts)].sort()).toEqual(['keepachangelog.com', 'semver.org', 'www.npmjs.com']);
});

const pathsFrom = (page: string) => linksOf(page).map((link) => targetOf(page, link).path);

/** The page that lists a page: the README, or the index of its folder. The front page of the site has no such page. */
const listOf = (page: string) => {
  const index = join(dirname(page), 'index.md');
  return page === index || index === 'docs/index.md' || !existsSync(join(root, index))
    ? 'README.md'
    : index;
};

test.each(guides.filter((page) => page !== 'docs/index.md'))(
  '%s is linked from the page that lists it, and links back',
  (page) => {
    expect(pathsFrom(listOf(page))).toContain(page);
    expect(pathsFrom(page)).toContain(listOf(page));
  },
);

test.each(pages)('no table of %s is wider than 100 columns', (page) => {
  const rows = readPage(page)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  expect(rows.filter((row) => row.length > 100)).toEqual([]);
});
