// Each entry of the package becomes one file, and what entries share a file between them: Node opens few
// files, and a class has one identity. tsc writes the declarations and checks the types.
import { defineConfig } from 'rolldown';
import manifest from './package.json' with { type: 'json' };

const built = Object.values(manifest.exports).flatMap(({ require }) => require ?? []);
const entries = built.map((file) => file.replace(/^\.\/dist\/(.+)\.js$/, '$1'));
const inputs = (extension) =>
  Object.fromEntries(entries.map((entry) => [entry, `src/${entry}.${extension}`]));

export default defineConfig([
  {
    input: inputs('ts'),
    platform: 'node',

    external: /^[^./]/,
    output: { dir: 'dist', format: 'cjs', chunkFileNames: 'shared/[name].js' },
  },
  {
    input: inputs('mts'),
    external: /^\.\/.+\.js$/,
    output: { dir: 'dist', format: 'es', entryFileNames: '[name].mjs' },
  },
]);
