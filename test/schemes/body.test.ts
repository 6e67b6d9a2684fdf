import { Readable } from 'node:stream';
import fc from 'fast-check';
import { addToBody, bodyParameters } from '../../src/schemes/body';
import { failure } from '../support/errors';

const url = 'https://rest.nexmo.com/sms/json';
const added = { api_key: 'k', sig: 's &' };
const form = { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' };
const json = { 'Content-Type': 'application/json' };

describe('a body is read and extended:', () => {
  test.each<[string, unknown, Record<string, string>, [string, string][], unknown]>([
    ['none', undefined, {}, [], 'api_key=k&sig=s+%26'],
    ['null', null, {}, [], 'api_key=k&sig=s+%26'],
    ['an empty text', '', form, [], 'api_key=k&sig=s+%26'],
    [
      'a form',
      'a=1&a=2+3',
      form,
      [
        ['a', '1'],
        ['a', '2 3'],
      ],
      'a=1&a=2+3&api_key=k&sig=s+%26',
    ],
    ['a form by its looks', 'a=%C3%A4', {}, [['a', 'ä']], 'a=%C3%A4&api_key=k&sig=s+%26'],
    [
      'a form that looks like JSON',
      '{"a":1}',
      form,
      [['{"a":1}', '']],
      '{"a":1}&api_key=k&sig=s+%26',
    ],
    [
      'URLSearchParams',
      new URLSearchParams({ a: '1' }),
      {},
      [['a', '1']],
      'a=1&api_key=k&sig=s+%26',
    ],
    ['a form in bytes', Buffer.from('a=1'), {}, [['a', '1']], 'a=1&api_key=k&sig=s+%26'],
    [
      'a form in an ArrayBuffer',
      new Uint8Array([97, 61, 49]).buffer,
      {},
      [['a', '1']],
      'a=1&api_key=k&sig=s+%26',
    ],
    [
      'JSON',
      ' {"a":1,"b":true}',
      json,
      [
        ['a', '1'],
        ['b', 'true'],
      ],
      ' {"api_key":"k","sig":"s &","a":1,"b":true}',
    ],
    ['JSON by its looks', '{"a":"x"}', {}, [['a', 'x']], '{"api_key":"k","sig":"s &","a":"x"}'],
    ['JSON without fields', '{ }', json, [], '{"api_key":"k","sig":"s &" }'],
    ['an object', { a: 1, b: undefined }, {}, [['a', '1']], { a: 1, b: undefined, ...added }],
    [
      'an object without prototype',
      Object.assign(Object.create(null) as object, { a: 'x' }),
      {},
      [['a', 'x']],
      { a: 'x', ...added },
    ],
  ])('%s', (_name, data, headers, parameters, extended) => {
    expect(bodyParameters({ url, data, headers })).toEqual(parameters);
    expect(addToBody({ url, data, headers }, added).data).toEqual(extended);
  });

  test('added fields are read back beside the existing ones, for any form or JSON object', () => {
    const fields = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(fields, (given) => {
        const { api_key, sig, ...rest } = given;
        const bodies = [
          { data: new URLSearchParams(rest).toString(), headers: form },
          { data: JSON.stringify(rest), headers: json },
        ];
        for (const { data, headers } of bodies) {
          const extended = addToBody({ url, data, headers }, added);
          expect(Object.fromEntries(bodyParameters(extended))).toEqual({ ...rest, ...added });
        }
      }),
    );
  });
});

test('a Content-Length is removed, and a missing Content-Type added', () => {
  const headers = { 'Content-Length': 3, accept: '*/*' };
  expect(addToBody({ url, data: 'a=1', headers }, added).headers).toEqual({
    accept: '*/*',
    'Content-Type': 'application/x-www-form-urlencoded',
  });
  expect(addToBody({ url, data: '{}', headers: {} }, added).headers).toEqual({
    'Content-Type': 'application/json',
  });
  expect(addToBody({ url, data: 'a=1', headers: form }, added).headers).toEqual(form);
  expect(addToBody({ url, headers: { 'content-type': false } }, added).headers).toMatchObject({
    'Content-Type': 'application/x-www-form-urlencoded',
  });
});

test('without a body, the added fields have the type that the Content-Type says', () => {
  const typed = (headers: Record<string, string>) => addToBody({ url, headers }, added);
  const bodyOf = (headers: Record<string, string>) => typed(headers).data;
  expect(bodyOf(json)).toBe('{"api_key":"k","sig":"s &"}');
  expect(bodyOf(form)).toBe('api_key=k&sig=s+%26');
  expect(bodyOf({})).toBe('api_key=k&sig=s+%26');
  for (const type of ['text/plain', 'application/json, text/plain', 'application/xml']) {
    const error = failure(() => typed({ 'content-type': type }));
    expect(error.code).toBe('ERR_INVALID_REQUEST');
  }
});

test.each<[string, unknown, object]>([
  ['a stream', Readable.from(['a=1']), {}],
  ['an object that is an async iterable', { [Symbol.asyncIterator]: () => 0, a: 1 }, {}],
  ['an object that is an iterable', { [Symbol.iterator]: () => 0, a: 1 }, form],
  ['an object that has pipe, as streams do', { pipe: () => 0, a: 1 }, json],
  ['bytes that are no UTF-8', Buffer.from([0xff]), form],
  ['FormData', new FormData(), {}],
  ['a list', ['a'], {}],
  ['JSON that is a list', '[1]', json],
  ['JSON that is broken', '{', json],
  ['text of the type text/plain', 'a=1', { 'content-type': 'text/plain' }],
  [
    'a form whose charset is UTF-16',
    'a=1',
    { 'content-type': `${form['content-type']};charset=utf-16` },
  ],
])('%s is refused', (_name, data, headers) => {
  const request = { url, data, headers: headers as Record<string, string> };
  expect(failure(() => bodyParameters(request)).code).toBe('ERR_INVALID_REQUEST');
  expect(failure(() => addToBody(request, added)).code).toBe('ERR_INVALID_REQUEST');
});

test.each<[string, () => unknown]>([
  ['a list', () => bodyParameters({ url, data: { 'api_secret=hunter2': [1] }, headers: {} })],
  ['null', () => bodyParameters({ url, data: { 'api_secret=hunter2': null }, headers: {} })],
  [
    'a repeated name',
    () => bodyParameters({ url, data: '{"a=hunter2":1,"a=hunter2":1}', headers: json }),
  ],
  ['a lone surrogate', () => bodyParameters({ url, data: { 'a=hunter2': '\uD83D' }, headers: {} })],
])('the error for %s shows no value that is part of a name', (_what, read) => {
  expect(failure(read, ['hunter2']).code).toBe('ERR_INVALID_PARAMETER');
});

test('a Content-Length is removed if fields are added to an object', () => {
  const headers = { 'content-length': 21, accept: '*/*' };
  const extended = addToBody({ url, data: { a: 1 }, headers }, added);
  expect(extended).toEqual({ url, data: { a: 1, ...added }, headers: { accept: '*/*' } });
});

test.each<[string, string[], string]>([
  ['a list with the type of a form', ['application/x-www-form-urlencoded'], '{"a":1}'],
  ['a list with the type of JSON', ['application/json'], 'a'],
  ['an empty list', [], 'a'],
])('a Content-Type that is %s is read as it is sent', (_what, type, name) => {
  const request = { url, data: '{"a":1}', headers: { 'content-type': type } };
  expect(bodyParameters(request).map(([each]) => each)).toEqual([name]);
});

test.each<[string, string[], string]>([
  ['XML', ['text/xml'], '<a/>'],
  ['two types', ['application/json', 'application/json'], '{"a":1}'],
])('a Content-Type that is a list of %s is refused', (_what, type, data) => {
  const request = { url, data, headers: { 'content-type': type } };
  expect(failure(() => addToBody(request, added)).code).toBe('ERR_INVALID_REQUEST');
});

test('a Content-Encoding that is a list is read as it is sent', () => {
  const headers = { 'content-encoding': ['gzip'] };
  const request = { url, data: Buffer.from('a=1'), headers };
  expect(failure(() => addToBody(request, added)).code).toBe('ERR_INVALID_REQUEST');
});
