// Each entry of the package becomes one file, with shared files for common code. So Node opens few files, and
// each class has one identity. tsc writes the declarations and checks the types.
import { defineConfig } from 'rolldown';
import manifest from './package.json' with { type: 'json' };

const exported = Object.values(manifest.exports).flatMap(({ require }) => require ?? []);
const files = [...exported, ...Object.values(manifest.bin)];
const entries = files.map((file) => file.replace(/^(?:\.\/)?dist\/(.+)\.js$/, '$1'));

// What the entries share is one file, since opening a second one takes longer than compiling code that an entry does
// not use. Only the errors have a file of their own, since the sandbox shares nothing else.
const isCore = (path) => /[\\/]src[\\/](?!error|cli|frameworks|testing|undici)|uuid/.test(path);

export default defineConfig({
  input: Object.fromEntries(entries.map((entry) => [entry, `src/${entry}.ts`])),
  platform: 'node',
  // Otherwise index.js would export what the other entries load from it.
  preserveEntrySignatures: 'strict',
  // The entry of uuid loads 21 files for the one function that is used, which takes as long as signing the first token.
  external: /^(?!uuid$)[^./]/,
  output: {
    dir: 'dist',
    format: 'cjs',
    chunkFileNames: 'shared/[name].js',
    codeSplitting: {
      groups: [
        { name: 'errors', test: /[\\/]src[\\/]errors\.ts$/, priority: 1 },
        { name: 'core', test: isCore },
      ],
    },
    // The docstrings are in the declarations.
    comments: { jsdoc: false },
  },
});
