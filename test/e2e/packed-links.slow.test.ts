import { execFileSync } from 'node:child_process';
import { documents, isAbsolute, linksOf, targetOf } from '../support/links';
import { root } from '../support/run';

test('every relative link leads to a file in the packed package', () => {
  // The package need not be built for this, since no link leads to a built file.
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'];
  const [{ files }] = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8' })) as [
    { files: { path: string }[] },
  ];
  const packed = new Set(files.map(({ path }) => path));
  expect(documents.filter((page) => !packed.has(page))).toEqual([]);
  const targets = documents.flatMap((page) =>
    linksOf(page)
      .filter((link) => !isAbsolute(link))
      .map((link) => targetOf(page, link).path),
  );
  expect(targets.filter((path) => !packed.has(path))).toEqual([]);
});
