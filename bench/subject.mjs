// The built package, as its users load it, and the schemes by themselves, which are not exported.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

export const root = fileURLToPath(new URL('..', import.meta.url));

export const nexmoAuth = require('..');

export const schemes = {
  ...require('../dist/schemes/key-secret.js'),
  ...require('../dist/schemes/basic.js'),
  ...require('../dist/schemes/signature.js'),
};
