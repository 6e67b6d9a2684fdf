import PackagedForm from 'form-data';
import type { AxiosRequestConfig } from 'axios';
import { byFetch, byHttp, forEach, newByHttp, type Topic } from './behaviour';
import { outcome, request } from './outcome';

const bytes = new Uint8Array([0, 128, 255, 97]);

const data: Record<string, () => unknown> = {
  'an object': () => ({ a: 1, b: [null, true], c: { d: 'ä' } }),
  'an empty object': () => ({}),
  'a list': () => [1, 'a'],
  text: () => 'Größe €',
  'an empty text': () => '',
  'text that is JSON': () => '{"a":1}',
  'a number': () => 42,
  'a boolean': () => false,
  null: () => null,
  undefined: () => undefined,
  'a date': () => new Date(0),
  'an object with toJSON': () => ({ toJSON: () => 'own' }),
  'a Buffer': () => Buffer.from(bytes),
  'a Uint8Array': () => bytes.slice(),
  'a part of a buffer': () => new Uint8Array([1, ...bytes, 2]).subarray(1, 5),
  'an ArrayBuffer': () => bytes.buffer.slice(0),
  'a DataView': () => new DataView(bytes.buffer),
  'a Uint16Array': () => new Uint16Array([1, 256]),
  URLSearchParams: () => new URLSearchParams({ a: 'x y', b: '&' }),
  'half a character': () => '\uD800',
  'a megabyte': () => 'x'.repeat(1_000_000),
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
  one: () => (given: unknown) => `<${String(given)}>`,
  several: () => [(given: unknown) => `a${String(given)}`, (given: unknown) => `b${String(given)}`],
  'one that sets headers': () => (given: unknown, headers) => {
    headers.set('X-Own', 'a');
    headers['Content-Type'] = 'text/own';
    return given;
  },
  'one that gives a Buffer': () => () => Buffer.from('own'),
  'one that throws': () => () => {
    throw new RangeError('no');
  },
  none: () => [],
};

export const bodies: Topic = {
  ...forEach(data, 'a POST of %s', (given) => request(() => ({ method: 'post', data: given() }))),
  ...forEach(types, 'an object as %s', (type) =>
    request({
      method: 'post',
      data: { a: 'x', list: [1, 2], deep: { b: 'y' } },
      headers: { 'Content-Type': type },
    }),
  ),
  ...forEach(types, 'a text as %s', (type) =>
    request({ method: 'put', data: 'a=1', headers: { 'Content-Type': type } }),
  ),
  ...forEach(['get', 'delete', 'options'] as const, 'a %s with a body', (method) =>
    byHttp(request({ method, data: { a: 1 } })),
  ),
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
  ...forEach(transforms, 'transformRequest: %s', (transformRequest) =>
    request(() => ({ method: 'post', data: 'data', transformRequest: transformRequest() })),
  ),
  'transformRequest: called once': async ({ create }) => {
    let calls = 0;
    const http = create({ transformRequest: [(given: unknown) => ((calls += 1), given)] });
    await http.post('/echo', 'a');
    return calls;
  },
  'the data of the caller stays as it was': async ({ create }) => {
    const given = { a: [1], b: { c: 2 } };
    await create().post('/echo', given);
    return given;
  },
  'maxBodyLength: exceeded': request({ method: 'post', data: 'abcdef', maxBodyLength: 5 }),
  'maxBodyLength: just not exceeded': request({ method: 'post', data: 'abcde', maxBodyLength: 5 }),
  'response.config.data': async ({ create }) =>
    (await create().post('/echo', { a: 1 })).config.data,
  'a server that answers before the body has come': byHttp(({ create }) =>
    outcome(create().post('/early/413', 'x'.repeat(1000))),
  ),
};
