import { Credentials } from '../../../src';
import { secretsOf } from '../../../src/cli/sandbox/request-line';

test('both secrets of a rotation pair are redacted', () => {
  const credentials = new Credentials({
    apiKey: 'abcd1234',
    apiSecret: ['CurrentSecret12', 'PreviousSecret1'],
    signatureSecret: ['SigCurrent12345', 'SigPrevious1234'],
  });
  expect(new Set(secretsOf(credentials))).toEqual(
    new Set(['CurrentSecret12', 'PreviousSecret1', 'SigCurrent12345', 'SigPrevious1234']),
  );
});
