import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
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

export default defineConfig({
  title: name,
  description,
  lang: 'en',
  srcDir: '../docs',
  outDir: './dist',
  cleanUrls: false,
  markdown: {
    config(markdown) {
      linkErrorPages(markdown);
      linkRepositoryFiles(markdown);
      drawDiagrams(markdown);
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
    // The playground uses the code of this package in the browser.
    resolve: {
      alias: {
        'node:crypto': resolve('./theme/playground/node-crypto.ts'),
        'node:util': resolve('./theme/playground/node-util.ts'),
      },
    },
  },
});
