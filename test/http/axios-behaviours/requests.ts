import type { AxiosHeaderValue, AxiosRequestConfig } from 'axios';
import { byFetch, byHttp, differs, forEach, topic } from './behaviour';
import { outcome, request } from './outcome';

export const broughtCredential =
  'A request that already contains a credential is refused with `ERR_CREDENTIAL_PRESENT`: an `Authorization` header, `auth`, user-info in the URL, or a parameter such as `api_key`.';

const withoutBody = ['get', 'delete', 'head', 'options'] as const;
const withBody = ['post', 'put', 'patch'] as const;
const forms = ['postForm', 'putForm', 'patchForm'] as const;

const headers: Record<string, Record<string, AxiosHeaderValue | undefined>> = {
  'a string': { 'X-Own': 'a' },
  'a number and a boolean': { 'X-Own': 1, 'X-Other': true },
  'an array': { 'X-Own': ['a', 'b'] },
  'an empty string': { 'X-Own': '' },
  'null, false and undefined': { 'X-Own': null, 'X-Other': false, 'X-Third': undefined },
  'two spellings of a name': { 'x-own': 'a', 'X-Own': 'b' },
  'no User-Agent': { 'User-Agent': false },
  'a User-Agent': { 'user-agent': 'mine' },
  'no Accept': { Accept: null },
  'an Accept': { accept: 'text/plain' },
  'no Accept-Encoding': { 'Accept-Encoding': false },
  'Latin-1': { 'X-Own': 'Größe' },
  'a line break': { 'X-Own': 'a\r\nb: c' },
  'an invalid name': { 'X Own': 'a' },
  'surrounding white space': { 'X-Own': '  a  ' },
  cookies: { Cookie: 'a=1; b=2' },
  'a Range': { Range: 'bytes=0-1' },
  'a Referer': { Referer: 'http://server/other' },
  'no Authorization': { Authorization: false },
  'an Authorization of null': { authorization: null },
};

export const requests = topic(
  forEach(
    withoutBody,
    '%s',
    (method) =>
      async ({ create }) =>
        outcome(create()[method]('/echo')),
  ),
  forEach(
    withBody,
    '%s',
    (method) =>
      async ({ create }) =>
        outcome(create()[method]('/echo', { a: 1 })),
  ),
  forEach(
    forms,
    '%s',
    (method) =>
      async ({ create }) =>
        outcome(create()[method]('/echo', { a: 'x', b: ['1', '2'] })),
  ),
  {
    'an instance called with a URL': ({ create }) => outcome(create()('/echo')),

    'an instance called with URL and config': ({ create }) =>
      outcome(create()('/echo', { method: 'post', data: 'a' })),

    'an instance called with a config': ({ create }) =>
      outcome(create()({ url: '/echo', method: 'PUT', data: 'a' })),

    'a method in mixed case': request({ method: 'PoSt', data: 'a' }),

    'a method of WebDAV': byHttp(request({ method: 'PROPFIND' })),

    'an invalid method': byHttp(request({ method: 'NO SUCH' })),

    'a default method of the instance': ({ create }) =>
      outcome(create({ method: 'delete' }).request({ url: '/echo' })),

    'a set of concurrent requests': ({ create }) => {
      const http = create();
      return Promise.all([1, 2, 3].map((n) => outcome(http.get(`/echo/${n}`, { params: { n } }))));
    },

    'a sequence of requests': async ({ create }) => {
      const http = create();
      return [await outcome(http.get('/echo/1')), await outcome(http.post('/echo/2', 'a'))];
    },
  },
  forEach(headers, 'a header: %s', (given) => request({ headers: given as never })),
  forEach(headers, 'a header of a POST: %s', (given) =>
    request({ method: 'post', data: 'a', headers: given as never }),
  ),
  {
    'an AxiosHeaders object': request(({ library }) => ({
      headers: new library.AxiosHeaders({ 'X-Own': 'a' }),
    })),

    'the AxiosHeaders object of the caller': async ({ create, library }) => {
      const own = new library.AxiosHeaders({ 'X-Own': 'a' });
      await create().get('/echo', { headers: own });
      return own.toJSON();
    },

    'a header of the instance, for all methods or for one,': ({ create }) => {
      const http = create();
      http.defaults.headers.common['X-Common'] = 'a';
      http.defaults.headers.post['X-Post'] = 'b';
      http.defaults.headers.get['X-Get'] = 'c';
      return Promise.all([outcome(http.get('/echo')), outcome(http.post('/echo', 'a'))]);
    },

    'a header of the request that overrides the instance’s': ({ create }) =>
      outcome(
        create({ headers: { 'X-Own': 'a', 'X-Other': 'b' } }).get('/echo', {
          headers: { 'x-own': 'c' },
        }),
      ),

    'a Content-Type of the instance': ({ create }) =>
      outcome(
        create({ headers: { 'Content-Type': 'application/vnd.own+json' } }).post('/echo', { a: 1 }),
      ),

    'a Content-Type of false': request({
      method: 'post',
      data: 'a',
      headers: { 'Content-Type': false },
    }),

    'a Content-Type without a body': request({ headers: { 'Content-Type': 'text/plain' } }),

    'a correct Content-Length': request({
      method: 'post',
      data: 'abc',
      headers: { 'Content-Length': 3 },
    }),

    'a Content-Length that is too long': byHttp(
      request({ method: 'post', data: 'abc', timeout: 100, headers: { 'Content-Length': 9 } }),
    ),

    'an Expect: 100-continue': byHttp(
      request({ method: 'post', data: 'abc', headers: { Expect: '100-continue' } }),
    ),

    'a Host of the URL': byHttp(
      request(({ server }) => ({ headers: { Host: new URL(server.origin).host } })),
    ),

    'a header with characters beyond Latin-1': differs(
      'A header value with a control character or a character beyond Latin-1, which some versions of axios remove, is refused with `ERR_INVALID_REQUEST`.',
      request({ headers: { 'X-Own': '€' } }),
    ),

    'a Host of another URL': differs(
      'A `Host` header that does not match the URL is refused with `ERR_HOST_NOT_ALLOWED`.',
      byHttp(request({ headers: { Host: 'other.test' } })),
    ),

    'an Authorization of the request': differs(
      broughtCredential,
      request({ headers: { Authorization: 'Bearer mine' } }),
    ),

    'the option auth': differs(
      broughtCredential,
      request({ auth: { username: 'user', password: 'pass' } }),
    ),

    'a credential parameter of the request': differs(
      broughtCredential,
      request({ params: { api_key: 'mine' } }),
    ),

    'a set of fetchOptions': byFetch(
      request({ fetchOptions: { cache: 'no-store', integrity: '' } } as AxiosRequestConfig),
    ),

    'a set of fetchOptions with method, headers and body': byFetch(
      request({
        method: 'post',
        data: 'a',
        fetchOptions: { method: 'PUT', headers: { 'X-Own': 'a' }, body: 'b' },
      } as AxiosRequestConfig),
    ),

    'the option withCredentials': request({ withCredentials: true }),

    'a pair of XSRF names': request({ xsrfCookieName: 'a', xsrfHeaderName: 'X-B' }),
  },
);
