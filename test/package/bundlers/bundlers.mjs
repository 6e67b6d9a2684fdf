// Each bundler, called as users call it for a Node.js program.
import { execFileSync } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import commonjs from '@rollup/plugin-commonjs';
import json from '@rollup/plugin-json';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import * as vite from 'vite';
import webpack from 'webpack';

/** The banner from docs/bundlers.md, for CommonJS modules in a bundle that is an ES module. */
export const requireBanner =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const bun = fileURLToPath(new URL('node_modules/.bin/bun', import.meta.url));

/** Bundlers by name. `bundle` bundles the program `input` into the single file `output`. */
export const bundlers = {
  webpack: {
    extension: 'cjs',
    bundle: (input, output) =>
      new Promise((resolve, reject) => {
        const file = { path: dirname(output), filename: basename(output) };
        const options = { mode: 'production', target: 'node20', entry: input, output: file };
        webpack(options, (error, stats) => {
          const errors = stats?.compilation.errors ?? [];
          if (error ?? errors.length > 0) reject(error ?? errors[0]);
          else resolve();
        });
      }),
  },
  rollup: {
    extension: 'mjs',
    bundle: async (input, output) => {
      const plugins = [nodeResolve({ preferBuiltins: true }), commonjs(), json()];
      const bundle = await rollup({ input, plugins, onwarn: () => undefined });
      await bundle.write({ file: output, format: 'es', inlineDynamicImports: true });
    },
  },
  vite: {
    extension: 'mjs',
    bundle: (input, output) =>
      vite.build({
        root: dirname(input),
        configFile: false,
        logLevel: 'error',
        ssr: { noExternal: true },
        build: {
          ssr: input,
          emptyOutDir: false,
          outDir: dirname(output),
          rolldownOptions: { output: { entryFileNames: basename(output) } },
        },
      }),
  },
  bun: {
    extension: 'mjs',
    bundle: (input, output) =>
      execFileSync(bun, ['build', input, '--target=node', `--outfile=${output}`], {
        stdio: ['ignore', 'ignore', 'pipe'],
      }),
  },
  'esbuild to CommonJS': {
    extension: 'cjs',
    bundle: (input, output) => bundleWithEsbuild(input, output, { format: 'cjs' }),
  },
  'esbuild to an ES module, with the banner': {
    extension: 'mjs',
    bundle: (input, output) =>
      bundleWithEsbuild(input, output, { format: 'esm', banner: { js: requireBanner } }),
  },
};

function bundleWithEsbuild(input, output, options) {
  const files = { entryPoints: [input], outfile: output };
  return esbuild.build({ ...files, ...options, bundle: true, platform: 'node', logLevel: 'error' });
}
