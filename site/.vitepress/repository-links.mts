import { dirname, join, normalize } from 'node:path/posix';
import type { MarkdownRenderer } from 'vitepress';

/**
 * Where the site has the files of the repository, as patterns of paths and their replacements. The first pattern that
 * matches a path applies.
 */
const routes: [pattern: RegExp, page: string][] = [
  [/^docs\/index\.md$/, '/'],
  [/^docs\/(.+\.md)$/, '/$1'],
  [/^README\.md$/, '/reference/readme.md'],
  [/^CHANGELOG\.md$/, '/reference/changelog.md'],
  [/^CONTRIBUTING\.md$/, '/reference/contributing.md'],
  [/^SECURITY\.md$/, '/reference/security.md'],
  [/^LICENSE$/, '/reference/license.md'],
  [/^examples\/(.+\.md)$/, '/reference/examples/$1'],
  [/^examples\/(.+)$/, '/reference/examples/$1.md'],
];

/** The page of the site for a path in the repository. */
export function pageOf(path: string): string | undefined {
  const route = routes.find(([pattern]) => pattern.test(path));
  return route && path.replace(...route);
}

/**
 * Pages link to files of the repository, so that the links also work there and in the package. This function makes such
 * a link lead to the page of the file. A page that is made from a file has the path of that file in `source`.
 */
export function linkRepositoryFiles(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('link-repository-files', ({ env, tokens }) => {
    const source: string = env.frontmatter?.source ?? `docs/${env.relativePath}`;
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : null;
      if (href === null || /^([a-z]+:|#|\/)/.test(href)) continue;
      const [path = '', ...anchor] = href.split(/(?=#)/);
      const page = pageOf(normalize(join(dirname(source), path)));
      if (page === undefined) throw new Error(`${source} links to ${href}, which has no page.`);
      token.attrSet('href', [page, ...anchor].join(''));
    }
  });
}
