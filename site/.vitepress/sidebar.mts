import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DefaultTheme } from 'vitepress';

type Item = DefaultTheme.SidebarItem;

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

/** The guides, in the order in which they are read. The other pages of docs/ are in the lists below or in a folder. */
const guides = [
  'credentials',
  'private-keys',
  'tokens',
  'http-clients',
  'official-sdks',
  'building-an-sdk',
  'webhooks',
  'oauth1',
  'testing',
  'troubleshooting',
  'diagnostics',
  'bundlers',
  'migrate-from-vonage-auth',
  'migrate-from-nexmo',
  'migrate-from-hand-made',
];

/** From the easiest to the hardest. */
const tutorials = [
  'index',
  'first-sms',
  'voice-webhook',
  'from-401-to-cause',
  'rotate-a-secret',
].map((name) => `tutorials/${name}`);

const explanations = [
  'explanations/index',
  'explanations/request',
  'explanations/token',
  'explanations/replay',
  'explanations/protection',
  'threat-model',
];

const references = [
  'playground',
  'errors',
  'command-line',
  'products',
  'benchmarks',
  'reference/examples/index',
];
const project = ['changelog', 'security', 'contributing', 'license'].map(
  (name) => `reference/${name}`,
);

const titleOf = (page: string) => {
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(docs, `${page}.md`), 'utf8')) ?? [];
  if (title === undefined) throw new Error(`docs/${page}.md has no title.`);
  return title.replaceAll('`', '').replaceAll('\\', '');
};

const item = (page: string): Item => ({
  text: titleOf(page),
  link: `/${page.replace(/index$/, '')}`,
});

/** The pages of a folder, without the templates from which VitePress makes many pages. */
function pagesIn(folder: string): string[] {
  if (!existsSync(join(docs, folder))) return [];
  const names = readdirSync(join(docs, folder)).filter((name) => /^[^[]+\.md$/.test(name));
  return names.sort().map((name) => `${folder}/${basename(name, '.md')}`);
}

const kinds = ['functions', 'classes', 'variables', 'type-aliases'];

/** The pages of one entry of the package, such as nexmo-auth/testing. */
function entryGroup(name: string): Item {
  const folder = `reference/api/${name}`;
  const existing = readdirSync(join(docs, folder));
  const pages = kinds
    .filter((kind) => existing.includes(kind))
    .flatMap((kind) => pagesIn(`${folder}/${kind}`));
  return {
    text: name,
    link: `/${folder}/`,
    collapsed: name !== 'nexmo-auth',
    items: pages.map((page) => ({ text: basename(page), link: `/${page}` })),
  };
}

const group = (text: string, pages: string[]): Item => ({
  text,
  items: pages.filter((page) => existsSync(join(docs, `${page}.md`))).map(item),
});

/** The sidebars, by the path of the pages that show them. `entries`: the entries of the package, as users import them. */
export const sidebar = (entries: string[]): DefaultTheme.SidebarMulti => ({
  '/': [
    group('Tutorials', tutorials),
    group('How-to', pagesIn('how-to')),
    {
      text: 'Guides',
      items: [{ text: 'Overview', link: '/reference/readme' }, ...guides.map(item)],
    },
    group('Explanations', explanations),
    {
      text: 'Reference',
      items: [{ text: 'API', link: '/reference/api/' }, ...references.map(item)],
    },
    group('Project', project),
  ].filter(({ items = [] }) => items.length > 0),
  '/reference/api/': [
    { text: '← All pages', link: '/reference/readme' },
    ...entries.map(entryGroup),
  ],
});
