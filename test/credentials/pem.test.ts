import fc from 'fast-check';
import { pemBlocks } from '../../src/credentials/pem';
import { runs } from '../support/runs';

/** As RFC 7468 has it: what stands between two markers of one label. Takes a long time where there are many. */
const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g;

test('the blocks of a text are those that a search for one label after the other finds', () => {
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

test('a label that is cut off does not hide a whole one behind it', () => {
  const whole = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
  expect(pemBlocks(`-----BEGIN CERTIFICATE-----\nBBBB\n${whole}`)).toEqual([
    { label: 'PRIVATE KEY', text: whole },
  ]);
});
