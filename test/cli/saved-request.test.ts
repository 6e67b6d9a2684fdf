import fc from 'fast-check';
import { CliError } from '../../src/cli/cli-error';
import { parseSavedRequest } from '../../src/cli/saved-request';

const bodyOf = (bytes: Buffer) => Buffer.from(parseSavedRequest(bytes).rawBody as Uint8Array);

test.each(['\n', '\r\n'])(
  'a raw body keeps every byte, with %j as the line end in the head',
  (lineEnd) => {
    const head = Buffer.from(['POST /hook HTTP/1.1', 'Host: a', '', ''].join(lineEnd));
    fc.assert(
      fc.property(fc.uint8Array(), (body) => {
        expect(bodyOf(Buffer.concat([head, body]))).toEqual(Buffer.from(body));
      }),
    );
  },
);

test('a body in JSON keeps every character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (body) => {
      const text = JSON.stringify({ headers: {}, body });
      expect(bodyOf(Buffer.from(text)).toString()).toBe(body);
    }),
  );
});

test.each(['', '-1', 'abc', '1e1'])('a Content-Length of %j does not cut the body', (length) => {
  const text = `POST / HTTP/1.1\ncontent-length: ${length}\n\n0123456789abcdef`;
  expect(bodyOf(Buffer.from(text)).toString()).toBe('0123456789abcdef');
});

test('a header that occurs twice has both values', () => {
  const { headers } = parseSavedRequest(
    Buffer.from('GET / HTTP/1.1\nA: 1\na: 2\n__proto__: 3\n\n'),
  );
  expect(headers).toEqual(
    Object.fromEntries([
      ['a', ['1', '2']],
      ['__proto__', '3'],
    ]),
  );
});

test('text that is not a saved request gives ERR_FILE_INVALID, and the error does not quote the text', () => {
  const parse = (bytes: Buffer) => {
    try {
      return parseSavedRequest(bytes);
    } catch (error) {
      return error;
    }
  };
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const result = parse(Buffer.from(`{${text}hunter2`));
      if (result instanceof CliError) {
        expect(result.code).toBe('ERR_FILE_INVALID');
        expect(result.message).not.toContain('hunter2');
      } else expect(result).toHaveProperty('headers');
    }),
  );
});

test.each<[string, unknown]>([
  ['an object', { toString: 1 }],
  ['null', null],
  ['true', true],
  ['a list in a list', [['a']]],
])('a header whose value is %s gives ERR_FILE_INVALID, in JSON and in HAR', (_what, value) => {
  for (const saved of [
    { headers: { a: value }, body: '' },
    { headers: { a: ['b', value] }, body: '' },
    { request: { headers: [{ name: 'a', value }] } },
  ]) {
    const parse = () => parseSavedRequest(Buffer.from(JSON.stringify(saved)));
    expect(parse).toThrow(CliError);
    expect(parse).toThrow('The saved request has a header whose value is not text.');
  }
});

test('a header may have a number as its value', () => {
  const saved = { headers: { 'content-length': 2, a: [1, '2'] }, body: '{}' };
  const { headers } = parseSavedRequest(Buffer.from(JSON.stringify(saved)));
  expect(headers).toEqual({ 'content-length': '2', a: ['1', '2'] });
});
