// Each entry of the package becomes one file, with shared files for common code. So Node opens few files, and
// each class has one identity. tsc writes the declarations and checks the types.
import { defineConfig } from 'rolldown';
import manifest from './package.json' with { type: 'json' };

const files = Object.values(manifest.exports).flatMap(({ require }) => require ?? []);
const entries = files.map((file) => file.replace(/^\.\/dist\/(.+)\.js$/, '$1'));

export default defineConfig({
  input: Object.fromEntries(entries.map((entry) => [entry, `src/${entry}.ts`])),
  platform: 'node',
  external: /^[^./]/,
  output: {
    dir: 'dist',
    format: 'cjs',
    // What all entries share would be named after one of its modules.
    chunkFileNames: ({ name }) => `shared/${name === 'verifier' ? 'core' : name}.js`,
  },
});
