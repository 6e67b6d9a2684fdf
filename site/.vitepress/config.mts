import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type MarkdownRenderer } from 'vitepress';
import { linkErrorPages } from './error-links.mts';
import { drawDiagrams } from './mermaid.mts';
import { linkRepositoryFiles } from './repository-links.mts';
import { search } from './search.mts';
import { sidebar } from './sidebar.mts';

const resolve = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const { name, version, description, exports } = JSON.parse(
  readFileSync(resolve('../../package.json'), 'utf8'),
);

const entries = Object.keys(exports)
  .filter((path) => path !== './package.json')
  .map((path) => `${name}${path.slice(1)}`);

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8" fill="#0a5566"/><path d="M4.5 11.5v-7l7 7v-7" fill="none" stroke="#fff" stroke-width="1.6"/></svg>',
)}`;

/** The anchor that GitHub gives a heading, so that links to it work on GitHub and on the site. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** A table that scrolls must be reachable by keyboard. */
function makeTablesFocusable(markdown: MarkdownRenderer): void {
  markdown.renderer.rules.table_open = () => '<table tabindex="0">\n';
}

export default defineConfig({
  title: name,
  description,
  lang: 'en',
  srcDir: '../docs',
  outDir: './dist',
  // Without an icon, browsers ask for /favicon.ico.
  head: [['link', { rel: 'icon', href: icon }]],
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: anchorOf },
    config(markdown) {
      linkErrorPages(markdown);
      linkRepositoryFiles(markdown);
      drawDiagrams(markdown);
      makeTablesFocusable(markdown);
    },
  },
  themeConfig: {
    nav: [
      { text: 'Guides', link: '/reference/readme' },
      { text: 'API', link: '/reference/api/' },
      { text: 'Errors', link: '/errors' },
      { text: 'Playground', link: '/playground' },
      { text: `v${version}`, link: '/reference/changelog' },
    ],
    sidebar: sidebar(entries),
    outline: [2, 3],
    notFound: { linkLabel: 'Take me home' },
    search: { provider: 'local', options: search },
  },
  vite: {
    // docs/ is outside the folder in which Node finds Vue.
    plugins: [
      {
        name: 'external-vue',
        enforce: 'pre',
        resolveId: (id, _importer, { ssr }) =>
          ssr && /^vue(\/|$)/.test(id) ? { id, external: true } : null,
      },
    ],
    // The index of the search is one file.
    build: { chunkSizeWarningLimit: 2000 },
    // The playground uses the code of this package in the browser.
    resolve: {
      alias: {
        'node:crypto': resolve('./theme/playground/node-crypto.ts'),
        'node:util': resolve('./theme/playground/node-util.ts'),
      },
    },
  },
});
