const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const files = readdirSync(__dirname, { recursive: true }).map((file) => join(__dirname, file));
const triesEachAxios = (file) =>
  file.endsWith('.test.ts') && /support\/(axios-)?clients'/.test(readFileSync(file, 'utf8'));

/**
 * What takes long by its nature, and what `npm test` tries with the newest axios alone, with the others.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...require('../jest.config.js'),
  rootDir: '..',
  testMatch: ['<rootDir>/test/**/*.slow.test.ts', ...files.filter(triesEachAxios)],
  globals: { otherAxios: true },
};
