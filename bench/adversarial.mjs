// The slowest inputs for each parser, from test/support/adversarial.ts.
import { createRequire } from 'node:module';
import { build } from 'rolldown';
import { root } from './subject.mjs';

const require = createRequire(import.meta.url);
const { dependencies } = require('../package.json');

await build({
  input: `${root}test/support/adversarial.ts`,
  platform: 'node',
  logLevel: 'warn',
  external: Object.keys(dependencies),
  output: { file: `${root}temp/adversarial.cjs`, format: 'cjs' },
});

export const { rows, sizes, time } = require('../temp/adversarial.cjs');
