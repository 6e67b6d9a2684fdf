import type { MarkdownRenderer } from 'vitepress';

/** The heading of a code in docs/errors.md, its cause and its remedy. */
const entry = /^### (ERR_\w+)\n\n- .+\n- .+$/gm;

/**
 * Adds a link to the page of each code to docs/errors.md. Only the site has these pages. A heading that is a link would
 * not be found by the search of VitePress.
 */
export function linkErrorPages(markdown: MarkdownRenderer): void {
  markdown.core.ruler.before('normalize', 'link-error-pages', (state) => {
    if (state.env.relativePath !== 'errors.md') return;
    const link = '\n- **Example:** [code that provokes and avoids $1](/errors/$1)';
    state.src = state.src.replaceAll(entry, `$&${link}`);
  });
}
