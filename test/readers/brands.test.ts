import { File } from 'node:buffer';
import { Readable } from 'node:stream';
import { runInNewContext } from 'node:vm';
import * as undici from 'undici';
import * as brands from '../../src/readers/brands';

type Test = (value: unknown) => boolean;

const foreign = (code: string) => runInNewContext(code) as unknown;
const formDataPackage = Object.assign(new Readable({ read: () => undefined }), {
  [Symbol.toStringTag]: 'FormData',
  append: () => undefined,
});
const signal = { aborted: false, addEventListener: () => 0, removeEventListener: () => 0 };
const request = { url: '/', method: 'GET', headers: {}, arrayBuffer: () => 0, clone: () => 0 };

const recognised: [string, Test, unknown][] = [
  ['URLSearchParams', brands.isUrlSearchParams, new URLSearchParams()],
  ['a URL', brands.isUrl, new URL('https://a.test/')],
  ['FormData', brands.isFormData, new FormData()],
  ['FormData of undici', brands.isFormData, new undici.FormData()],
  ['a Blob', brands.isBlob, new Blob([])],
  ['a File', brands.isBlob, new File([], 'name')],
  ['a ReadableStream', brands.isReadableStream, new Blob([]).stream()],
  ['a Node stream', brands.isStream, Readable.from([])],
  ['a generator', brands.isStream, foreign('(async function* () {})()')],
  ['Headers', brands.isHeaders, new Headers()],
  ['Headers of undici', brands.isHeaders, new undici.Headers()],
  ['a Map of another realm', brands.isIterable, foreign('new Map()')],
  ['an AbortSignal', brands.isAbortSignal, new AbortController().signal],
  ['an AbortSignal by its shape', brands.isAbortSignal, signal],
  ['a Request', brands.isRequest, new Request('https://a.test/')],
  ['a Request of undici', brands.isRequest, new undici.Request('https://a.test/')],
  ['a Request by its shape', brands.isRequest, request],
  ['a Response', brands.isResponse, new Response()],
  ['a Response of undici', brands.isResponse, new undici.Response()],
  ['a plain object', brands.isPlainObject, {}],
  ['a plain object of another realm', brands.isPlainObject, foreign('({})')],
  ['an object without prototype', brands.isPlainObject, Object.create(null)],
];

const tests = [...new Set(recognised.map(([, test]) => test))];

test.each(recognised)('%s is recognised', (_name, test, value) => {
  expect(test(value)).toBe(true);
});

test.each([null, undefined, 'text', 42, true, Symbol('a'), () => 0, URL])(
  '%p is recognised as none of these types',
  (value) => {
    expect(tests.filter((test) => test(value))).toEqual([]);
  },
);

test.each<[string, Test, unknown]>([
  ['a form of the form-data package', brands.isFormData, formDataPackage],
  ['an object of a class', brands.isPlainObject, new (class Mine extends URL {})('https://a.test')],
  ['an array', brands.isPlainObject, []],
  ['a config of axios', brands.isRequest, { url: '/', method: 'get', headers: {} }],
  ['an EventTarget', brands.isAbortSignal, new EventTarget()],
  ['a Map', brands.isHeaders, new Map()],
])('%s is not recognised as a type that it resembles', (_name, test, value) => {
  expect(test(value)).toBe(false);
});
