import { fileURLToPath } from 'node:url';

const playground = (file: string) =>
  fileURLToPath(new URL(`theme/playground/${file}`, import.meta.url));

/** What replaces Node's modules in the code of the package that the playground runs in the browser. */
export const nodeReplacements = {
  'node:crypto': playground('node-crypto.ts'),
  'node:util': playground('node-util.ts'),
};
