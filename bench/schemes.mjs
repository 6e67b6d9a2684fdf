// The schemes, which the package does not export, built like its entries.
import { createRequire } from 'node:module';
import { build } from 'rolldown';
import { root } from './subject.mjs';

const require = createRequire(import.meta.url);
const names = ['key-secret', 'basic', 'signature'];

await build({
  input: names.map((name) => `${root}src/schemes/${name}.ts`),
  platform: 'node',
  logLevel: 'warn',
  output: { dir: `${root}temp/schemes`, format: 'cjs' },
});

export const schemes = Object.assign(
  {},
  ...names.map((name) => require(`../temp/schemes/${name}.js`)),
);
