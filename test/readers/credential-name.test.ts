import fc from 'fast-check';
import { credentialNameIn, isCredentialHeader } from '../../src/readers/credential-name';
import * as sandbox from '../../src/testing/credential-names';
import { anyCharacter } from '../support/characters';
import { runs } from '../support/runs';
import { anyCredentialName, credentialNames, harmlessNames } from '../support/second-credentials';

const isCredentialName = (name: string) => credentialNameIn(name) !== undefined;

describe('a credential name', () => {
  test.each(credentialNames)('is found: %s', (_spelling, name) => {
    expect(isCredentialName(name)).toBe(true);
  });

  test.each(harmlessNames)('is not %j', (name) => {
    expect(isCredentialName(name)).toBe(false);
  });

  test('is found beside HTML entities for numbers past the last code point', () => {
    expect(isCredentialName('sig&#99999999999;&#xffffffff;')).toBe(true);
  });

  test.each([
    'X-Api-Key',
    'x-api-secret',
    'api_key',
    'Proxy-Authorization',
    'X-OPENTOK-AUTH',
    'X-TB-PARTNER-AUTH',
    'x-tb-token-auth',
  ])('is found in the header %s', (name) => {
    expect(isCredentialHeader(name)).toBe(true);
  });

  test.each(['X-Signature', 'X-Trace', 'Content-Type', 'X-', 'WWW-Authenticate', 'Cookie'])(
    'is not found in the header %s',
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
      '\0',
      '%00',
    ),
    fc.string({ unit: anyCharacter, maxLength: 3 }),
  );
  const name = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(name, (text) => {
      expect(sandbox.isCredentialName(text)).toBe(isCredentialName(text));
      expect(sandbox.isCredentialHeader(text)).toBe(isCredentialHeader(text));
    }),
    {
      numRuns: runs(5000),
      examples: [['x[]access_token\0api_key'], ['a[api_key\0x]'], ['a.sig%00x']],
    },
  );
});

const many = (character: string) => character.repeat(6_000_000);

test.each([
  ['accents', () => `api_key${many('\u0301')}`, true],
  ['symbols', () => `${many('\u{1f600}')}[api_key]`, true],
  ['letters in brackets, as in JSON,', () => `{"a":[${many('\u{10400}')}]`, false],
])('a name with millions of %s is read', (_what, name, expected) => {
  expect(isCredentialName(name())).toBe(expected);
});

describe('a name that begins like JSON', () => {
  const credentials = [
    '"a":[api_key]',
    '["a"][api_key]',
    '{"x":[api_key]',
    '{"a":1}[api-secret][]',
  ];
  const others = [
    '{"a":["api_key"]}',
    '["api_key"]',
    '{"to":[1,2],"text":"api_key"}',
    '{"a":[null]}',
  ];

  test.each(credentials)(
    'is a credential name if it has an unquoted credential name in brackets: %s',
    (name) => {
      expect([isCredentialName(name), sandbox.isCredentialName(name)]).toEqual([true, true]);
    },
  );

  test.each(others)(
    'is no credential name if it has no unquoted credential name in brackets: %s',
    (name) => {
      expect([isCredentialName(name), sandbox.isCredentialName(name)]).toEqual([false, false]);
    },
  );
});

test.each([
  ['API-Key', 'api_key'],
  ['api_secret=hunter2', 'api_secret'],
  ['x[Sig][hunter2]', 'sig'],
  ['access%5Ftoken%3Dhunter2', 'access_token'],
  ['oauth_hunter2', 'oauth_…'],
  ['ap\u0131_key', 'api_key'],
])('the name %s is shown as %s', (name, shown) => {
  expect(credentialNameIn(name)).toBe(shown);
});
