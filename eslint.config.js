// ESLint 10 reads only this file by itself; the rules are those of .eslintrc.json.
const { FlatCompat } = require('@eslint/eslintrc');
const compat = new FlatCompat({
  baseDirectory: __dirname,
  recommendedConfig: require('@eslint/js').configs.recommended,
});
module.exports = [
  {
    ignores: [
      'dist/',
      'coverage/',
      'temp/',
      'site/dist/',
      'site/.vitepress/cache/',
      'test/package/consumer/types.ts',
    ],
  },
  ...compat.config(require('./.eslintrc.json')),
];
