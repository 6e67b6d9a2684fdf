// Makes pages from files of the repository that are outside docs/, and from the examples.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
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
for (const folder of folders) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const source = `${folder}/${entry.name}`;
    if (!entry.isFile() || source in documents) continue;
    const code = fence(languages[extname(source)], read(source));
    write(`${source}.md`, source, `# ${entry.name}\n\n${backToGuides(source)}\n\n${code}`);
  }
}
