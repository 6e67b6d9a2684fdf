import { decodeHTML, encodeHTML } from 'entities';
import fc from 'fast-check';
import { redactorOf } from '../../src/cli/redactor';
import { anyCharacter } from '../support/characters';
import { runs } from '../support/runs';

const secret = `a&b<c>"d'e/f%41+g h\\é😀-Z9`;
const redact = redactorOf([secret]);

const percent = (text: string) => encodeURIComponent(text);
const everyByte = (text: string) =>
  Array.from(Buffer.from(text), (byte) => `%${byte.toString(16)}`).join('');
const form = (text: string) => new URLSearchParams({ s: text }).toString().slice(2);
const json = (text: string) => JSON.stringify(text).slice(1, -1);
const unicode = (text: string) =>
  Array.from(
    { length: text.length },
    (_, index) => String.raw`\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
const html = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
const entities = (text: string) =>
  Array.from(text, (c) => `&#${String(c.codePointAt(0))};`).join('');
const hexEntities = (text: string) =>
  Array.from(text, (c) => `&#x${String(c.codePointAt(0)?.toString(16))};`).join('');
/** Names of ASCII characters only: the redactor does not know the names of other characters. */
const names = (text: string) => text.replace(/[\0-\x7F]+/g, encodeHTML);
const codePoints = (prefix: string, suffix: string, digits: number) => (text: string) =>
  Array.from(
    text,
    (c) => `${prefix}${String(c.codePointAt(0)?.toString(16)).padStart(digits, '0')}${suffix}`,
  ).join('');
const bytesInOctal = (digits: number) => (text: string) =>
  text.replace(
    /[\0-\x7F]/g,
    (c) => `\\${String(c.codePointAt(0)?.toString(8)).padStart(digits, '0')}`,
  );
const encodings = {
  percent,
  everyByte,
  form,
  json,
  unicode,
  html,
  entities,
  hexEntities,
  names,
  braces: codePoints(String.raw`\u{`, '}', 1),
  bracesOfPerl: codePoints(String.raw`\x{`, '}', 4),
  eightDigits: codePoints(String.raw`\U`, '', 8),
  octal: bytesInOctal(3),
  everyCharacterEscaped: (text: string) => text.replace(/[ -/:-@[-`{-~]/g, String.raw`\$&`),
};
const encoders = Object.values(encodings);

test.each(Object.entries(encodings))(
  'a secret that is encoded by %s is redacted',
  (_name, encode) => {
    expect(redact(`before ${encode(secret)} after`)).toBe('before [redacted] after');
    expect(redact(`${encode(secret)}${encode(secret)}`)).toBe('[redacted][redacted]');
  },
);

test.each(['Secr3tA1x9', 'Secr3tA1x', 'Secr3tA1', secret])(
  'no character of base64 that holds bits of the secret %j is left',
  (each) => {
    for (const [before, after] of [
      ...['', 'x', 'xx', 'xxx'].map((text) => [text, ''] as const),
      ...['', 'x', 'xx'].map((text) => [text, 'yyy'] as const),
    ]) {
      const whole = Buffer.from(`${before}${each}${after}`);
      for (const encoding of ['base64', 'base64url'] as const) {
        const [left = '', right = ''] = redactorOf([each])(whole.toString(encoding)).split(
          '[redacted]',
        );
        expect(Buffer.from(left, 'base64').toString()).toBe(before.slice(0, (left.length * 6) / 8));
        expect(left.length).toBeLessThanOrEqual(Math.floor((before.length * 8) / 6));
        expect(right.replaceAll('=', '').length).toBeLessThanOrEqual(
          Math.floor((after.length * 8) / 6),
        );
      }
    }
  },
);

test.each([
  ['percent-encoded twice', percent(percent(secret))],
  ['percent-encoded three times', percent(percent(percent(secret)))],
  ['JSON in JSON', json(json(secret))],
  ['JSON in a query', percent(json(secret))],
  ['a query in JSON', json(percent(secret))],
  ['a query in HTML', html(form(secret))],
  ['JSON in HTML', html(json(secret))],
  ['HTML in JSON', json(html(secret))],
  ['upper case', secret.toUpperCase().replace('É', 'é')],
  ['hex', Buffer.from(secret).toString('hex')],
  ['base64', Buffer.from(secret).toString('base64').slice(0, -4)],
  ['base64 in a query', percent(Buffer.from(secret).toString('base64').slice(0, -4))],
  ['base64url', Buffer.from(secret).toString('base64url')],
  [
    'in the base64 of key:secret, the part that holds the secret',
    Buffer.from(`abcd1234:${secret}`).toString('base64').slice(12, -4),
  ],
])('a secret is redacted in this form: %s', (_name, text) => {
  const clean = redact(text);
  expect(clean).toContain('[redacted]');
  expect(clean.replace('[redacted]', '').length).toBeLessThan(4);
});

test.each([
  ['UTF-16, little-endian', Buffer.from('hunter2hunter2', 'utf16le').toString()],
  ['UTF-16, big-endian', Buffer.from('hunter2hunter2', 'utf16le').swap16().toString()],
  ['escapes of JavaScript', '\\x68unter2\\x68unter\\x32'],
  ['code points of JavaScript', String.raw`\u{68}unter2\u{0068}unter\u{32}`],
  ['short octal escapes', String.raw`hunter\62hunter\62`],
  ['escapes of JavaScript in JSON', '\\\\x68unter2\\\\x68unter2'],
])('a secret is redacted in this form: %s', (_name, text) => {
  expect(redactorOf(['hunter2hunter2'])(`<${text}>`)).toMatch(/^<\0?\[redacted\]\0?>$/);
});

test.each([
  ['Tab', '\t'],
  ['NewLine', '\n'],
  ['UnderBar', '_'],
  ['lsqb', '['],
  ['rsqb', ']'],
  ['lcub', '{'],
  ['rcub', '}'],
  ['midast', '*'],
  ['vert', '|'],
  ['VerticalLine', '|'],
  ['DiacriticalGrave', '`'],
])('the second name &%s; of a character is redacted', (name, character) => {
  expect(decodeHTML(`&${name};`)).toBe(character);
  expect(redactorOf([`hunter${character}2`])(`<hunter&${name};2>`)).toBe('<[redacted]>');
});

test('the key and secret of Basic are redacted in base64url and without padding', () => {
  const pair = Buffer.from('abcd12345:s€crét???>>>').toString('base64');
  expect(pair).toMatch(/[+/].*=$/);
  const redactPair = redactorOf([pair]);
  for (const text of [
    pair,
    pair.replace(/=+$/, ''),
    Buffer.from(pair, 'base64').toString('base64url'),
  ]) {
    expect(redactPair(`a ${text} b`)).toMatch(/^a \[redacted\]=* b$/);
  }
});

test('a secret is redacted in every nesting of two encodings', () => {
  const secrets = fc.string({ minLength: 8, unit: 'grapheme' });
  const encoder = fc.constantFrom(...encoders);
  fc.assert(
    fc.property(secrets, encoder, encoder, (text, inner, outer) => {
      expect(redactorOf([text])(`[${outer(inner(text))}]`)).toBe('[[redacted]]');
    }),
    { numRuns: runs(500) },
  );
});

test.each([0, 196_590, 262_130, 262_144, 393_200, 458_740, 600_000])(
  'a secret in a text of 600,000 characters is redacted at position %i',
  (position) => {
    const text = '.'.repeat(600_000);
    const withSecret = `${text.slice(0, position)}%68unter2hunter2${text.slice(position)}`;
    expect(redactorOf(['hunter2hunter2'])(withSecret)).toBe(
      `${text.slice(0, position)}[redacted]${text.slice(position)}`,
    );
  },
);

test('text without a secret stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (text) => {
      fc.pre(!text.includes('hunter2'));
      expect(redactorOf(['hunter2hunter2'])(text)).toBe(text);
    }),
  );
  const escaped = '%41%zz%C3 \\u0041\\x &amp;&#x110000;&#65 +%e2%82';
  expect(redactorOf(['hunter2hunter2'])(escaped)).toBe(escaped);
});
