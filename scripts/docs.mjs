// Compares the generated parts of docs/ with src/. With --update, rewrites them. A generated part is between
// `<!-- name -->` and `<!-- /name -->`.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { importSource } from './import-source.mjs';

const resolvePath = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const update = process.argv.includes('--update');

/** One row per URL, so that no row is wider than 100 characters. Prettier would align the columns. */
async function productTable() {
  const { products } = await importSource('src/injector/products.ts');
  const rows = products.flatMap(({ name, urls, schemes, deprecated }) => [
    ...urls.map((url, index) =>
      index === 0 ? [`\`${name}\``, `\`${url}\``, schemes.join(', ')] : ['', `\`${url}\``, ''],
    ),
    ...(deprecated ? [['', describeEnd(deprecated), '']] : []),
  ]);
  const lines = [['product', 'URLs', 'schemes'], ['---', '---', '---'], ...rows];
  return `<!-- prettier-ignore -->\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`;
}

function describeEnd({ ends, successor }) {
  const end = ends ? `Deprecated, ends on ${ends}` : 'Deprecated';
  return successor ? `${end}. Use \`${successor}\`.` : `${end}.`;
}

async function errorList() {
  const { errorGroups } = await importSource('src/error-meanings.ts');
  const { commandErrors } = await importSource('src/cli/cli-error.ts');
  return Object.entries({ ...errorGroups, Command: commandErrors })
    .flatMap(([group, meanings]) => [
      `## ${group}`,
      ...Object.entries(meanings).map(
        ([code, { cause, remedy }]) =>
          `### ${code}\n\n- **Cause:** ${cause}\n- **Remedy:** ${remedy}`,
      ),
    ])
    .join('\n\n');
}

/** A list, since causes and remedies are too long for a table. */
async function refusalList() {
  const { refusalCauses } = await importSource('src/injector/refusal-causes.ts');
  return refusalCauses
    .map(({ types = [], statuses = [], http, cause, remedy }) => {
      const names = [
        ...types.map((type) => `\`${type}\``),
        ...statuses.map((status) => `status ${status}`),
        ...(http === undefined ? [] : [`HTTP ${http} without another code`]),
      ];
      return `- **${names.join(', ')}:** ${cause} ${remedy}`;
    })
    .join('\n');
}

const parts = [
  { page: 'docs/products.md', name: 'products', content: await productTable() },
  { page: 'docs/errors.md', name: 'errors', content: await errorList() },
  { page: 'docs/troubleshooting.md', name: 'refusals', content: await refusalList() },
];

const read = (path) => readFileSync(resolvePath(path), 'utf8');

async function compare(page, text) {
  const options = { ...(await resolveConfig(resolvePath(page))), parser: 'markdown' };
  const generated = await format(text, options);
  if (generated === read(page)) return;
  if (update) writeFileSync(resolvePath(page), generated);
  else {
    console.error(`${page} does not match the code. Run: npm run docs:update`);
    process.exitCode = 1;
  }
}

for (const { page, name, content } of parts) {
  const text = read(page);
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const before = text.slice(0, text.indexOf(start) + start.length);
  const after = text.slice(text.indexOf(end));
  await compare(page, `${before}\n\n${content}\n\n${after}`);
}

// In the guide, a code block whose fence names a file of examples/acme-sdk has the content of that file.
const guide = 'docs/building-an-sdk.md';
const fromFile = (_block, language, file) =>
  `\`\`\`${language} ${file}\n${read(`examples/acme-sdk/${file}`)}\`\`\``;
await compare(guide, read(guide).replace(/^```(\w+) (\S+)\n[^]*?^```$/gm, fromFile));
