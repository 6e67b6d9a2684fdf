// Each entry of the package becomes one file, with shared files for common code. So Node opens few files, and
// each class has one identity. tsc writes the declarations and checks the types.
import { defineConfig } from 'rolldown';
import manifest from './package.json' with { type: 'json' };

const exported = Object.values(manifest.exports).flatMap(({ require }) => require ?? []);
const files = [...exported, ...Object.values(manifest.bin)];
const entries = files.map((file) => file.replace(/^(?:\.\/)?dist\/(.+)\.js$/, '$1'));

const chunkNames = { verifier: 'core', src: 'main', 'wire-request': 'http' };

export default defineConfig({
  input: Object.fromEntries(entries.map((entry) => [entry, `src/${entry}.ts`])),
  platform: 'node',
  // The entry of uuid loads 21 files for the one function that is used, which takes as long as signing the first token.
  external: /^(?!uuid$)[^./]/,
  output: {
    dir: 'dist',
    format: 'cjs',
    // What several entries share would be named after one of its modules, or after their folder.
    chunkFileNames: ({ name }) => `shared/${chunkNames[name] ?? name}.js`,
  },
});
