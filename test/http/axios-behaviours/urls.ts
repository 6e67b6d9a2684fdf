import type { AxiosRequestConfig } from 'axios';
import { byFetch, byHttp, differs, forEach, topic } from './behaviour';
import { outcome, request } from './outcome';
import { broughtCredential } from './requests';

const params = {
  'a string': { a: 'x' },
  'several in their order': { z: 1, a: 2, m: 3 },
  'an empty string': { a: '' },
  'a number and a boolean': { a: 1.5, b: true },
  'null and undefined': { a: null, b: undefined, c: 1 },
  'a date': { a: new Date(0) },
  'an array': { a: [1, 2] },
  'an array of objects': { a: [{ b: 1 }, { b: 2 }] },
  'an object': { a: { b: { c: 1 } } },
  'an empty array and object': { a: [], b: {} },
  'reserved characters': { 'a&b=c': '?&=#+/: $,[]@%25' },
  'other scripts': { ä: '€ 😀 日本' },
  'an empty object': {},
  'names like numbers': { 10: 'x', 2: 'y', a: 'z' },
  'a name of the prototype': { constructor: 'x', toString: 'y' },
} satisfies Record<string, object>;

const serializers: Record<string, unknown> = {
  'indexes: null': { indexes: null },
  'indexes: true': { indexes: true },
  'dots: true': { dots: true },
  encode: { encode: (text: string) => encodeURIComponent(text).toLowerCase() },
  serialize: { serialize: (given: object) => `own=${Object.keys(given).length > 0}` },
  'a serialize that returns nothing': { serialize: () => '' },
  'a serialize in another order': {
    serialize: (given: object) =>
      new URLSearchParams(Object.entries(given).reverse() as [string, string][]).toString(),
  },
};

const unencoded = request({
  params: { a: ['x y', '2'], b: 3 },
  paramsSerializer: { encode: (text: string) => text },
});

const places: Record<string, AxiosRequestConfig> = {
  'a base URL without a slash': { baseURL: '@/echo', url: 'b' },
  'a base URL with a slash': { baseURL: '@/echo/', url: '/b' },
  'a base URL alone': { baseURL: '@/echo', url: '' },
  'a base URL with a query': { baseURL: '@/echo?a=1', url: '' },
  'no base URL': { baseURL: '', url: '@/echo' },
  'an absolute URL in spite of a base URL': { baseURL: '@/status/404', url: '@/echo' },
  'dots in the path': { url: '/status/../echo/./a' },
  'encoded characters in the path': { url: '/echo/a%2Fb%20c' },
  'other characters in the path': { url: '/echo/ä b' },
  'a query in the URL': { url: '/echo?a=1&a=2&b' },
  'a query in the URL and params': { url: '/echo?a=1', params: { b: 2 } },
  'an empty query': { url: '/echo?', params: { b: 2 } },
  'a fragment': { url: '/echo?a=1#top' },
  'a fragment and params': { url: '/echo#top', params: { b: 2 } },
  'upper case in scheme and host': { url: 'HTTP@/echo' },
};

export const urls = topic(
  forEach(places, '%s', (config) => ({
    run: async ({ create, server }) => {
      const at = (url?: string) =>
        url?.replace(/^(HTTP)?@/, (_match, name?: string) =>
          name === undefined ? server.origin : server.origin.replace('http', name),
        );
      const { baseURL = server.origin, url, ...others } = config;
      return outcome(create().request({ ...others, baseURL: at(baseURL), url: at(url) } as object));
    },
  })),
  forEach<object>(params, 'params: %s', (given) => request({ params: given })),
  {
    'params: URLSearchParams': request(() => ({ params: new URLSearchParams('b=1&a=2&b=3') })),

    'params: empty URLSearchParams': request(() => ({ params: new URLSearchParams() })),

    'params: an object of a class': request(() => ({
      params: Object.create({ b: 1 }, { a: { value: 1, enumerable: true } }) as object,
    })),

    'params of the instance and of the request': ({ create }) =>
      outcome(create({ params: { a: 1, b: 1 } }).get('/echo', { params: { b: 2, c: 3 } })),
  },
  forEach(serializers, 'paramsSerializer: %s', (paramsSerializer) =>
    request({ params: { a: ['x y', '2'], b: 3 }, paramsSerializer } as AxiosRequestConfig),
  ),
  {
    'paramsSerializer: an encode that changes nothing': differs(
      'The adapter `http` percent-encodes a URL that needs it. Plain axios removes parts of such a URL,',
      byHttp(unencoded),
    ),

    'paramsSerializer: an encode that changes nothing, by fetch': byFetch(unencoded),

    'paramsSerializer: a function': {
      isNew: true,
      run: request({ params: { a: 1 }, paramsSerializer: (() => 'by=function') as never }),
    },

    'paramsSerializer: a function that throws': request({
      params: { a: 1 },
      paramsSerializer: {
        serialize: () => {
          throw new TypeError('no such parameter');
        },
      },
    }),

    'allowAbsoluteUrls: false': {
      isNew: true,
      run: request({ url: 'echo', allowAbsoluteUrls: false }),
    },

    'a URL object': byHttp(
      request(({ server }) => ({ url: new URL('/echo', server.origin) as never })),
    ),

    'a URL object without a base URL': byHttp(
      request(({ server }) => ({ baseURL: '', url: new URL('/echo?a=1', server.origin) as never })),
    ),

    'a URL object by fetch': differs(
      'The adapter `fetch` accepts a URL object as `url`, for which axios throws a `TypeError`.',
      byFetch(
        request(({ server }) => ({
          baseURL: '',
          url: new URL('/echo?a=1', server.origin) as never,
        })),
      ),
    ),

    'an invalid URL': request({ baseURL: '', url: 'http://' }),

    'a relative URL without a base URL': request({ baseURL: '', url: '/echo' }),

    'an unknown URL scheme': request({ url: 'gopher://server/echo' }),

    'a data: URL': request({ url: 'data:text/plain,hello' }),

    'user-info in the URL': differs(
      broughtCredential,
      request(({ server }) => ({ url: `${server.origin.replace('//', '//user:pass@')}/echo` })),
    ),
  },
);
