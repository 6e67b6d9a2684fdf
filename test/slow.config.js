const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const files = readdirSync(__dirname, { recursive: true }).map((file) => join(__dirname, file));
const coversMore = (file) =>
  file.endsWith('.test.ts') &&
  /(support\/((axios-)?clients|runs)|\.\/hosts)'/.test(readFileSync(file, 'utf8'));

/**
 * Runs four kinds of tests:
 *
 * - the slow tests;
 * - the tests that send requests by axios, with all older versions of axios;
 * - the tests of the adapters for frameworks, with the oldest supported versions of the frameworks;
 * - the property tests, with all of their runs (`npm test` does a tenth of the runs).
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...require('../jest.config.js'),
  rootDir: '..',
  testMatch: ['<rootDir>/test/**/*.slow.test.ts', ...files.filter(coversMore)],
  // Slow tests need their processor the whole time.
  maxWorkers: '100%',
  globals: { testsOlderVersions: true, allRuns: true },
};
