// Writes the ES module of each entry. It re-exports every name of the CommonJS file, because bundlers cannot
// resolve `export *` from CommonJS. Both export the same objects, so each class has one identity.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };

const require = createRequire(import.meta.url);

for (const entry of Object.values(manifest.exports)) {
  if (entry.import === undefined) continue;
  const file = fileURLToPath(new URL(`../${entry.require}`, import.meta.url));
  const names = Object.keys(require(file)).sort().join(', ');
  writeFileSync(file.replace(/js$/, 'mjs'), `export { ${names} } from './${basename(file)}';\n`);
}
