import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { readPage } from '../support/documentation';
import { root } from '../support/run';

const page = readPage('docs/threat-model.md');
const sections = page.split(/^### /m).slice(1);
const anchors = sections.map((section) =>
  (section.split('\n', 1)[0] ?? '').toLowerCase().replaceAll(' ', '-'),
);

/** The tests that a section lists, each with its file and its name. */
const listedIn = (section: string) =>
  [...section.matchAll(/^- `(.+)`\n((?: {2}- `.+`\n?)+)/gm)].flatMap(([, file, names]) =>
    [...String(names).matchAll(/`(.+)`/g)].map(([, name]) => ({ file: String(file), name })),
  );

/** The names of all tests and groups of tests in a file, as written in the source. */
function namesIn(file: string): string[] {
  const path = join(root, file);
  if (!existsSync(path)) return [];
  const source = ts.createSourceFile(file, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(test|describe)/.test(node.expression.getText(source))) {
      const [name] = node.arguments;
      if (name && ts.isStringLiteralLike(name)) names.push(name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

test('every test that the threat model lists is in the file that it names', () => {
  const listed = sections.flatMap(listedIn);
  const names = new Map(
    [...new Set(listed.map(({ file }) => file))].map((file) => [file, namesIn(file)]),
  );
  const missing = listed.filter(({ file, name }) => !names.get(file)?.includes(String(name)));
  expect(missing).toEqual([]);
});

test.each(sections.map((section) => [section.split('\n', 1)[0], section] as const))(
  'the threat model lists a test for: %s',
  (_title, section) => {
    expect(listedIn(section)).not.toEqual([]);
  },
);

test('every reference from a test to the threat model names one of its headings', () => {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  const sources = files
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(root, 'test', file), 'utf8'));
  const referenced = sources.flatMap((source) =>
    [...source.matchAll(/\/\/ docs\/threat-model\.md#([\w-]+)/g)].map(([, anchor]) => anchor),
  );
  expect(referenced.filter((anchor) => !anchors.includes(String(anchor)))).toEqual([]);
  expect(referenced).not.toEqual([]);
});
