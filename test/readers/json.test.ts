import fc from 'fast-check';
import { readJson } from '../../src/readers/json';
import { runs } from '../support/runs';

const exact = { repeatedName: undefined, inexactNumber: undefined };

test('readJson reads any JSON as the value that JSON.parse gives', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 2), (text, indent) => {
      const value = JSON.parse(text) as unknown;
      const spaced = JSON.stringify(value, null, indent);
      expect(readJson(spaced)).toEqual({ value, ...exact });
    }),
    { numRuns: runs(500) },
  );
});

test.each(['', '{', 'undefined', "{'a':1}", '{"a":1,}', '\uFEFF{}', '[1]x'])(
  '%j is not JSON',
  (text) => {
    expect(readJson(text)).toBeUndefined();
  },
);

test('JSON that V8 parses but cannot serialise is read', () => {
  for (const levels of [4000, 6000, 100_000]) {
    const text = `{"api_key":"x","a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(readJson(text)?.value).toHaveProperty('api_key', 'x');
    expect(readJson(text.replace('{', '{"api_key":"y",'))?.repeatedName).toBe('api_key');
  }
});

test('JSON with millions of escapes is read', () => {
  const text = `{ "a": "${'\\n'.repeat(4_000_000)}", "b": 1, "b": 1.0 }`;
  expect(readJson(text)).toMatchObject({ repeatedName: 'b', inexactNumber: '1.0' });
});

test.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a":1,"b":2,"a":1}', 'a'],
  ['{"a":1,"\\u0061":2}', 'a'],
  ['{ "a" : 1 , "a" : 2 }', 'a'],
  ['{"":1,"":2}', ''],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['{"x":{"a":[{"b":1,"b":2}]}}', 'b'],
  ['{"a\\"":1,"a\\"":2}', 'a"'],
  ['[{"a":1},{"b":1,"c":":","b":2}]', 'b'],
])('%s has the name %j twice', (text, name) => {
  expect(readJson(text)?.repeatedName).toBe(name);
});

test.each([
  '{"a":{"a":1},"b":[{"a":1},{"a":1}]}',
  '{"a":"\\"a\\":","b":"{\\"a\\":1,\\"a\\":2}"}',
  '{"2":1,"1":1}',
  '{ "a" : [ "a" , "a" ] }',
])('%s has no name twice', (text) => {
  expect(readJson(text)?.repeatedName).toBeUndefined();
});

test.each(['12345678901234567890', '1.0', '1e2', '-0', '0.1e1', '1E400', '9007199254740993'])(
  'the number %s is reported as inexact, since JavaScript writes it differently',
  (number) => {
    for (const text of [number, `[${number}]`, `{"a": ${number}}`]) {
      expect(readJson(text)?.inexactNumber).toBe(number);
    }
  },
);

test.each(['0', '-1', '447700900000', '0.0333', '1e+21', '9007199254740991', '"1.0"', 'true'])(
  'the value %s is not reported as inexact',
  (text) => {
    expect(readJson(`{ "a": ${text} }`)?.inexactNumber).toBeUndefined();
  },
);

test('a repeated name is found in any text', () => {
  const name = fc.string();
  const others = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 });
  fc.assert(
    fc.property(name, others, fc.jsonValue(), fc.jsonValue(), (twice, fields, first, second) => {
      const { [twice]: _, ...rest } = fields;
      const members = [[twice, first], ...Object.entries(rest), [twice, second]].map(
        ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
      );
      expect(readJson(`{${members.join(',')}}`)?.repeatedName).toBe(twice);
    }),
  );
});
