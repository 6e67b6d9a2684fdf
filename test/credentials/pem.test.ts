import fc from 'fast-check';
import { pemBlocks } from '../../src/credentials/pem';
import { runs } from '../support/runs';

/**
 * A block as in RFC 7468: two markers with one label, and the text between them. This expression is slow in a text with
 * many markers.
 */
const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g;

test('pemBlocks finds the same blocks in a text as a regular expression does', () => {
  const label = fc.constantFrom('A', 'B', 'PRIVATE KEY', 'A B');
  const part = fc.oneof(
    label.map((name) => `-----BEGIN ${name}-----\n`),
    label.map((name) => `-----END ${name}-----\n`),
    fc.constantFrom('\n', '-----', 'AAAA', '-----BEGIN a-----', '-----END -----', ' '),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      const expected = Array.from(text.matchAll(block), ([, name]) => name);
      expect(pemBlocks(text).map(({ label }) => label)).toEqual(expected);
    }),
    { numRuns: runs(2000) },
  );
});

test('blocks may share the dashes between them', () => {
  const text = '-----BEGIN A-----AAAA-----END A-----BEGIN B-----BBBB-----END B-----';
  expect(pemBlocks(text).map(({ label }) => label)).toEqual(['A', 'B']);
});

test('a block without its END line does not hide a whole block after it', () => {
  const whole = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
  expect(pemBlocks(`-----BEGIN CERTIFICATE-----\nBBBB\n${whole}`)).toEqual([
    { label: 'PRIVATE KEY', text: whole },
  ]);
});
