// Makes pages from files of the repository that are outside docs/, and from the examples.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** The page of each file, in docs/reference. */
const documents = {
  'README.md': 'readme.md',
  'CHANGELOG.md': 'changelog.md',
  'CONTRIBUTING.md': 'contributing.md',
  'SECURITY.md': 'security.md',
  'examples/acme-sdk/README.md': 'examples/acme-sdk/README.md',
};

const languages = { '.mjs': 'js', '.ts': 'ts', '.json': 'json' };

const read = (path) => readFileSync(join(root, path), 'utf8');

/** Writes a page. Links in it are relative to `source`. */
function write(page, source, markdown) {
  const path = join(root, 'docs/reference', page);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `---\nsource: ${source}\n---\n\n${markdown}`);
}

const fence = (language, text) => `\`\`\`\`${language}\n${text.trim()}\n\`\`\`\`\n`;

const backToGuides = (source) => {
  const path = '../'.repeat(source.split('/').length - 1);
  return `[← All guides](${path}README.md#guides)`;
};

for (const [source, page] of Object.entries(documents)) write(page, source, read(source));

write('license.md', 'LICENSE', `# License\n\n${fence('text', read('LICENSE'))}`);

const folders = [
  'examples',
  'examples/acme-sdk',
  'examples/acme-sdk/src',
  'examples/acme-sdk/test',
];
const sources = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => `${folder}/${name}`),
);
const list = sources.map((source) => {
  const path = source.replace('examples/', '');
  return `- [${path}](${path})`;
});
const introduction = 'These programs are in the package, in the folder `examples`.';
write(
  'examples/index.md',
  'examples/index',
  `# Examples\n\n${introduction}\n\n${list.join('\n')}\n`,
);
for (const source of sources) {
  if (source in documents) continue;
  const code = fence(languages[extname(source)], read(source));
  const title = `# ${basename(source)}`;
  write(`${source}.md`, source, `${title}\n\n${backToGuides(source)}\n\n${code}`);
}
