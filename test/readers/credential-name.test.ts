import fc from 'fast-check';
import { isCredentialHeader, isCredentialName } from '../../src/readers/credential-name';
import * as sandbox from '../../src/testing/credential-names';
import { anyCredentialName, credentialNames, harmlessNames } from '../support/second-credentials';

describe('the name of a credential is found', () => {
  test.each(credentialNames)('%s', (_spelling, name) => {
    expect(isCredentialName(name)).toBe(true);
  });

  test.each(harmlessNames)('and %j is none', (name) => {
    expect(isCredentialName(name)).toBe(false);
  });

  test('beyond the last character, an entity is none', () => {
    expect(isCredentialName('sig&#99999999999;&#xffffffff;')).toBe(true);
  });

  test.each(['X-Api-Key', 'x-api-secret', 'api_key', 'Proxy-Authorization', 'X-OPENTOK-AUTH'])(
    'in the header %s',
    (name) => {
      expect(isCredentialHeader(name)).toBe(true);
    },
  );

  test.each(['X-Signature', 'X-Trace', 'Content-Type', 'X-', 'WWW-Authenticate', 'Cookie'])(
    'but not in the header %s',
    (name) => {
      expect(isCredentialHeader(name)).toBe(false);
    },
  );
});

test('the library and the sandbox, which share no code, find the same names', () => {
  const part = fc.oneof(
    anyCredentialName,
    fc.constantFrom(
      ...harmlessNames,
      '[',
      ']',
      '.',
      '_',
      '-',
      '%',
      '&',
      '"',
      '{',
      '\u00ad',
      '\ud800',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  const name = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(name, (text) => {
      expect(sandbox.isCredentialName(text)).toBe(isCredentialName(text));
      expect(sandbox.isCredentialHeader(text)).toBe(isCredentialHeader(text));
    }),
    { numRuns: 5000 },
  );
});
