import { escapeAttribute, escapeText } from 'entities';
import fc from 'fast-check';
import { redact, redactQuotedJson } from '../../src/injector/redact';
import { runs } from '../support/runs';

/** Escapes a text as the functions of several languages do. They differ only in quotes. */
const html = (quote: string, apostrophe: string) => (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', quote)
    .replaceAll("'", apostrophe);

const unit = (character: string) =>
  `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Writes each UTF-16 code unit as a writer of JSON does that escapes more than JSON.stringify. */
const json = (escaped: string, options: { slash?: boolean; ascii?: boolean } = {}) => {
  const write = (code: string): string => {
    if (escaped.includes(code)) return unit(code);
    if (code === '/' && options.slash === true) return '\\/';
    if (code === '"' || code === '\\') return `\\${code}`;
    return code > '~' && options.ascii === true ? unit(code) : code;
  };
  return (text: string) => `"${text.split('').map(write).join('')}"`;
};

type Write = (text: string) => string;
const php = json('', { slash: true, ascii: true });
const phpHex = json('<>&\'"', { slash: true, ascii: true });
const go = json('<>&');
const gson = json("<>&='");
const dotNet = json('"&\'+<>`', { ascii: true });
const within =
  (outer: Write, inner: Write): Write =>
  (text) =>
    outer(inner(text));

/** Writes each character of HTML that a table lists. */
const listed = (table: Readonly<Partial<Record<string, string>>>) => (text: string) =>
  text
    .split('')
    .map((code) => table[code] ?? code)
    .join('');
const markup = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Writers of JSON and HTML, which escape a text in different ways. */
const writers: readonly [name: string, write: Write][] = [
  ['JSON', JSON.stringify],
  ['JSON within JSON', (text) => JSON.stringify(JSON.stringify(text))],
  ['JSON of PHP', (text) => JSON.stringify(text).replaceAll('/', '\\/')],
  [
    'JSON that is safe in HTML and ASCII',
    (text) =>
      JSON.stringify(text).replace(
        /[^ -~]|[<>&]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
  ],
  [
    'JSON within JSON that is safe in HTML',
    (text) =>
      JSON.stringify(
        JSON.stringify(text).replace(/[&<>]/g, (unit) => `\\u00${unit.charCodeAt(0).toString(16)}`),
      ),
  ],
  ['JSON of PHP, written twice', within(php, php)],
  ['JSON of PHP with JSON_UNESCAPED_UNICODE', json('', { slash: true })],
  ['JSON of PHP with all JSON_HEX options', phpHex],
  ['JSON of PHP within JSON of JavaScript', within(JSON.stringify, php)],
  ['JSON of JavaScript within JSON of PHP', within(php, JSON.stringify)],
  ['JSON of Go', go],
  ['JSON of JavaScript within JSON of Go', within(go, JSON.stringify)],
  ['JSON of Gson', gson],
  ['JSON of Jinja2', json("<>&'", { ascii: true })],
  ['JSON of PHP with JSON_HEX_TAG', json('<>', { slash: true, ascii: true })],
  ['JSON of PHP with JSON_HEX_AMP', json('&', { slash: true, ascii: true })],
  ['JSON of PHP with JSON_HEX_APOS', json("'", { slash: true, ascii: true })],
  ['JSON of PHP with JSON_HEX_QUOT', json('"', { ascii: true })],
  ['JSON of Gson, written twice', within(gson, gson)],
  ['JSON of .NET', dotNet],
  ['JSON of .NET, written twice', within(dotNet, dotNet)],
  ['JSON of JavaScript within JSON of .NET', within(dotNet, JSON.stringify)],
  ['HTML of JavaScript (escape-html)', html('&quot;', '&#39;')],
  ['HTML of Python (html.escape)', html('&quot;', '&#x27;')],
  ['HTML of PHP (htmlspecialchars)', html('&quot;', '&#039;')],
  ['HTML of Go (html.EscapeString)', html('&#34;', '&#39;')],
  ['XML', html('&quot;', '&apos;')],
  ['text of the DOM', escapeText],
  ['attributes of the DOM', escapeAttribute],
  ['HTML of html/template of Go', listed({ ...markup, '"': '&#34;', "'": '&#39;', '+': '&#43;' })],
  [
    'HTML of Mustache',
    listed({ ...markup, "'": '&#39;', '/': '&#x2F;', '`': '&#x60;', '=': '&#x3D;' }),
  ],
  ['HTML of Handlebars', listed({ ...markup, "'": '&#x27;', '`': '&#x60;', '=': '&#x3D;' })],
  ['HTML of Underscore', listed({ ...markup, "'": '&#x27;', '`': '&#x60;' })],
  ['HTML by the rules of OWASP', listed({ ...markup, "'": '&#x27;', '/': '&#x2F;' })],
  ['HTML of .NET', listed({ ...markup, "'": '&#x27;', '+': '&#x2B;', '`': '&#x60;' })],
];

/** A secret that was replaced, in the quotes of the writer. */
const redacted = /^<(?:[\\"]|\\u0022)*\[redacted\](?:[\\"]|\\u0022)*>$/;

describe('redact replaces a secret', () => {
  const secret = 'a+b c/ä€😀*(x)';
  test.each([
    ['as it is', secret],
    ['encoded by encodeURIComponent', encodeURIComponent(secret)],
    ['encoded as a form', new URLSearchParams([['s', secret]]).toString().slice(2)],
    ['as UTF-8 that was read as Latin-1', Buffer.from(secret).toString('latin1')],
    ['encoded twice', encodeURIComponent(encodeURIComponent(secret))],
    ['encoded in small letters', encodeURIComponent(secret).toLowerCase()],
    [
      'encoded in every character',
      Array.from(Buffer.from(secret), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    ],
  ])('%s', (_how, text) => {
    expect(redact(`/path?a=${text}&b=${text}`, [secret])).toBe('/path?a=[redacted]&b=[redacted]');
  });

  test.each(writers)('with the escapes of %s', (_how, write) => {
    const secret = 'S"\'\\/<>&=+`a1é€😀E';
    expect(redact(`<${write(secret)}>`, [secret])).toMatch(redacted);
  });

  test('with the escapes of each of these writers, whatever characters the secret has', () => {
    const characters = fc.constantFrom(...'"\'\\/<>&=+`a1é€', '😀');
    const lists = fc
      .array(characters, { minLength: 3, maxLength: 40 })
      .map((all) => [`S${all.join('')}E`] as const);
    fc.assert(
      fc.property(lists, (list) => {
        const [secret] = list;
        const missed = writers.filter(
          ([, write]) => !redacted.test(redact(`<${write(secret)}>`, list)),
        );
        expect(missed.map(([name]) => name)).toEqual([]);
      }),
      { numRuns: runs(300) },
    );
  });

  /** Texts of some 200 bytes that a pattern for each escape could match in many ways. */
  test.each([
    ['aB3\\cdEFG9', `aB3${'\\\\\\\\134'.repeat(20)}`],
    ['aB3\\cdEFG9', `aB3${'\\\\x5c'.repeat(20)}`],
    ['\\cdEFG9xyz', '\\\\u005c'.repeat(20)],
    [`${'&'.repeat(30)}aB3`, '&amp;'.repeat(40)],
    [`${'&'.repeat(30)}aB3`, `${'&'.repeat(29)}amp;`.repeat(5)],
    [`${';'.repeat(40)}aB3`, '&#59;'.repeat(40)],
    [`${'%'.repeat(40)}aB3`, '%25'.repeat(60)],
  ])('and leaves a text that resembles %j, in linear time', (secret, text) => {
    const started = performance.now();
    expect(redact(`${text}x`, [secret])).toBe(`${text}x`);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('and leaves other text unchanged', () => {
    expect(redact('nothing here', [secret])).toBe('nothing here');
    expect(redact('a.c', ['abc', 'a|c', 'a.d'])).toBe('a.c');
  });

  test('only once, even if another secret or the placeholder contains it', () => {
    expect(redact('x abcdef acted', ['abc', 'abcdef', 'acted'])).toBe('x [redacted] [redacted]');
  });

  /** The outputs of the writers, and not of a model of them. */
  test.each([
    ['json_encode(json_encode())', 'aB3/cdEFG9', String.raw`"\"aB3\\\/cdEFG9\""`],
    ['Gson', "aB3='cd&EFG9", String.raw`"aB3\u003d\u0027cd\u0026EFG9"`],
    ['System.Text.Json', 'aB3+"cd`EFG9', String.raw`"aB3\u002B\u0022cd\u0060EFG9"`],
    ['Mustache', 'aB3/cd`EFG9==', 'aB3&#x2F;cd&#x60;EFG9&#x3D;&#x3D;'],
    ['Gson (base64 without its padding)', 'aB3/cd+EFG9=', String.raw`"aB3/cd+EFG9"`],
    ['PHP (base64 without its padding)', 'aB3/cd+EFG9=', String.raw`"aB3\/cd+EFG9"`],
  ])('as %s writes it', (_writer, secret, text) => {
    expect(redact(text, [secret])).toMatch(/^(?:\\?")*\[redacted\](?:\\?")*$/);
  });

  test.each(['QWJjZDEyMzQ6Rw==', 'QWJjZDEyMzQ6R2U='])(
    'that is base64 (%s), with and without its padding',
    (base64) => {
      const bare = base64.replaceAll('=', '');
      expect(redact(`a ${base64} b ${bare} c`, [base64])).toBe('a [redacted] b [redacted] c');
      expect(redact('a == b', [base64, '=', '=='])).toBe('a [redacted] b');
    },
  );

  test('from left to right if it overlaps itself', () => {
    expect(redact('abababa', ['aba'])).toBe('[redacted]b[redacted]');
    expect(redact('ababa', ['aba'])).toBe('[redacted]ba');
  });

  test('of any length, without a regular expression, since the error of V8 for a large one shows the secret', () => {
    const token = `eyJ${Buffer.alloc(50_000, 'AbCd%25-_09').toString()}`;
    for (const spelled of [
      token,
      encodeURIComponent(token),
      encodeURIComponent(encodeURIComponent(token)),
    ]) {
      expect(redact(`%20${spelled}%${spelled}x`, ['other', token])).toBe(
        '%20[redacted]%[redacted]x',
      );
    }
    const cut = `%20${token.slice(0, -1)}${token.slice(1)}`;
    expect(redact(cut, [token])).toBe(cut);
  });

  test('that has a long run of percent signs', () => {
    const secret = `Geheim42${'%'.repeat(10_000)}`;
    expect(redact(`<${secret}>%41`, [secret])).toBe('<[redacted]>%41');
    expect(redact('%41'.repeat(4000), [secret])).toBe('%41'.repeat(4000));
  });

  test('made of percent signs and digits that look encoded', () => {
    const character = fc.constantFrom('%', '2', '5', 'a', '+', ' ');
    const secrets = fc
      .array(character, { minLength: 3, maxLength: 200 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(secrets, (text) => {
        for (const spelled of [
          text,
          encodeURIComponent(text),
          encodeURIComponent(encodeURIComponent(text)),
        ]) {
          expect(redact(`<${spelled}>`, [text])).toBe('<[redacted]>');
        }
      }),
    );
  });

  test('that is any text of at least 6 characters', () => {
    const secrets = fc
      .string({ unit: 'grapheme', minLength: 6 })
      .filter((text) => !'[redacted]'.includes(text));
    fc.assert(
      fc.property(secrets, (text) => {
        for (const spelled of [text, encodeURIComponent(text)]) {
          expect(redact(`<${spelled}>`, [text])).toBe('<[redacted]>');
        }
      }),
    );
  });
});

describe('in the message of JSON.parse,', () => {
  const secret = 'ABCDEFGH01234abc';
  const parts = Array.from(secret, (_, index) => secret.slice(index, index + 4)).slice(0, -3);

  function messageFor(text: string): string {
    try {
      JSON.parse(text);
      return 'valid';
    } catch (error) {
      return (error as Error).message;
    }
  }

  test('no part of a secret is left, wherever a fault cuts the secret', () => {
    const around = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        '{"error":',
        '["',
        '",x, and so on, and so on',
        ' is not the secret of this account',
      ),
    );
    fc.assert(
      fc.property(around, around, (before, after) => {
        const message = messageFor(before + secret + after);
        const redacted = redactQuotedJson(redact(message, [secret]), [secret]);
        expect(parts.filter((part) => redacted.includes(part))).toEqual([]);
      }),
      { numRuns: runs(2000) },
    );
  });

  test.each([
    [`${secret} is not the secret of this account`, '"[redacted]"... is not valid JSON'],
    [
      `["${secret}",x, "more text, more than forty characters"]`,
      '..."[redacted]"... is not valid JSON',
    ],
    [`x${'\u{1F600}'.repeat(7)}${secret.slice(0, 5)}`, '"[redacted]" is not valid JSON'],
    ['<html><body>No such page</body></html>', '"<html><bod"... is not valid JSON'],
  ])('%s is quoted safely', (text, end) => {
    const message = redactQuotedJson(messageFor(text), [secret]);
    expect(message.slice(-end.length - 2)).toBe(`, ${end}`);
  });
});
