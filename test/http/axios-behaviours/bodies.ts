import PackagedForm from 'form-data';
import type { AxiosRequestConfig } from 'axios';
import { byFetch, byHttp, forEach, newByHttp, topic } from './behaviour';
import { outcome, request } from './outcome';

const bytes = new Uint8Array([0, 128, 255, 97]);

const data: Record<string, () => unknown> = {
  'an object': () => ({ a: 1, b: [null, true], c: { d: 'ä' } }),
  'an empty object': () => ({}),
  'an array': () => [1, 'a'],
  'a string': () => 'Größe €',
  'an empty string': () => '',
  'a string of JSON': () => '{"a":1}',
  'a number': () => 42,
  'a boolean': () => false,
  null: () => null,
  undefined: () => undefined,
  'a date': () => new Date(0),
  'an object with toJSON': () => ({ toJSON: () => 'own' }),
  'a Buffer': () => Buffer.from(bytes),
  'a Uint8Array': () => bytes.slice(),
  'a part of an ArrayBuffer': () => new Uint8Array([1, ...bytes, 2]).subarray(1, 5),
  'an ArrayBuffer': () => bytes.buffer.slice(0),
  'a DataView': () => new DataView(bytes.buffer),
  'a Uint16Array': () => new Uint16Array([1, 256]),
  URLSearchParams: () => new URLSearchParams({ a: 'x y', b: '&' }),
  'a lone surrogate': () => '\uD800',
  'a string of 1 MB': () => 'x'.repeat(1_000_000),
  'a circular object': () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    return circular;
  },
  'a BigInt in an object': () => ({ a: 1n }),
};

const types = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
];

const form = () => {
  const given = new FormData();
  given.append('a', 'x');
  given.append('file', new Blob(['data'], { type: 'text/csv' }), 'a.csv');
  return given;
};

const packaged = () => {
  const given = new PackagedForm();
  given.append('a', 'x');
  given.append('file', Buffer.from('data'), { filename: 'a.csv' });
  return given;
};

const transforms: Record<string, () => NonNullable<AxiosRequestConfig['transformRequest']>> = {
  'a function': () => (given: unknown) => `<${String(given)}>`,
  'two functions': () => [
    (given: unknown) => `a${String(given)}`,
    (given: unknown) => `b${String(given)}`,
  ],
  'a function that sets headers': () => (given: unknown, headers) => {
    headers.set('X-Own', 'a');
    headers['Content-Type'] = 'text/own';
    return given;
  },
  'a function that returns a Buffer': () => () => Buffer.from('own'),
  'a function that throws': () => () => {
    throw new RangeError('no');
  },
  'an empty list': () => [],
};

export const bodies = topic(
  forEach(data, 'a POST of %s', (given) => request(() => ({ method: 'post', data: given() }))),
  forEach(types, 'an object as %s', (type) =>
    request({
      method: 'post',
      data: { a: 'x', list: [1, 2], deep: { b: 'y' } },
      headers: { 'Content-Type': type },
    }),
  ),
  forEach(types, 'a string as %s', (type) =>
    request({ method: 'put', data: 'a=1', headers: { 'Content-Type': type } }),
  ),
  forEach(['get', 'delete', 'options'] as const, 'a %s with a body', (method) =>
    byHttp(request({ method, data: { a: 1 } })),
  ),
  {
    'FormData by fetch': byFetch(request(() => ({ method: 'post', data: form() }))),

    FormData: newByHttp(request(() => ({ method: 'post', data: form() }))),

    'FormData as JSON': request(() => ({
      method: 'post',
      data: form(),
      headers: { 'Content-Type': 'application/json' },
    })),

    'FormData by the form-data package': byHttp(
      request(() => ({ method: 'post', data: packaged() })),
    ),

    'a Blob': newByHttp(
      request(() => ({ method: 'post', data: new Blob(['data'], { type: 'text/csv' }) })),
    ),

    'a Blob by fetch': byFetch(
      request(() => ({ method: 'post', data: new Blob(['data'], { type: 'text/csv' }) })),
    ),

    'formSerializer: dots': request({
      method: 'post',
      data: { a: { b: 'x' } },
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      formSerializer: { dots: true },
    }),
  },
  forEach(transforms, 'transformRequest: %s', (transformRequest) =>
    request(() => ({ method: 'post', data: 'data', transformRequest: transformRequest() })),
  ),
  {
    'the number of calls of transformRequest': async ({ create }) => {
      let calls = 0;
      const http = create({ transformRequest: [(given: unknown) => ((calls += 1), given)] });
      await http.post('/echo', 'a');
      return calls;
    },

    'the data object of the caller': async ({ create }) => {
      const given = { a: [1], b: { c: 2 } };
      await create().post('/echo', given);
      return given;
    },

    'a body that exceeds maxBodyLength': request({
      method: 'post',
      data: 'abcdef',
      maxBodyLength: 5,
    }),

    'a body of exactly maxBodyLength': request({ method: 'post', data: 'abcde', maxBodyLength: 5 }),

    'response.config.data': async ({ create }) =>
      (await create().post('/echo', { a: 1 })).config.data,

    'a server that responds before it has the body': byHttp(({ create }) =>
      outcome(create().post('/early/413', 'x'.repeat(1000))),
    ),
  },
);
