const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const files = readdirSync(__dirname, { recursive: true }).map((file) => join(__dirname, file));
const triesMore = (file) =>
  file.endsWith('.test.ts') && /support\/((axios-)?clients|runs)'/.test(readFileSync(file, 'utf8'));

/**
 * What takes long by its nature, what `npm test` tries with the newest axios alone, with the others, and
 * all runs of the properties of which `npm test` tries a fifth.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...require('../jest.config.js'),
  rootDir: '..',
  testMatch: ['<rootDir>/test/**/*.slow.test.ts', ...files.filter(triesMore)],
  globals: { testsOlderAxios: true, allRuns: true },
};
