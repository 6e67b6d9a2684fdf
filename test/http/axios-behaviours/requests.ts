import type { AxiosHeaderValue, AxiosRequestConfig } from 'axios';
import { byFetch, byHttp, differs, forEach, type Topic } from './behaviour';
import { outcome, request } from './outcome';

export const broughtCredential =
  'A request that already contains a credential is refused with `ERR_CREDENTIAL_PRESENT`: an `Authorization` header, `auth`, user-info in the URL, or a parameter such as `api_key`.';

const withoutBody = ['get', 'delete', 'head', 'options'] as const;
const withBody = ['post', 'put', 'patch'] as const;
const forms = ['postForm', 'putForm', 'patchForm'] as const;

const headers: Record<string, Record<string, AxiosHeaderValue | undefined>> = {
  text: { 'X-Own': 'a' },
  'a number and a boolean': { 'X-Own': 1, 'X-Other': true },
  'a list': { 'X-Own': ['a', 'b'] },
  'an empty text': { 'X-Own': '' },
  'null, false and undefined': { 'X-Own': null, 'X-Other': false, 'X-Third': undefined },
  'two spellings of a name': { 'x-own': 'a', 'X-Own': 'b' },
  'no User-Agent': { 'User-Agent': false },
  'a User-Agent': { 'user-agent': 'mine' },
  'no Accept': { Accept: null },
  'an Accept': { accept: 'text/plain' },
  'no Accept-Encoding': { 'Accept-Encoding': false },
  'Latin-1': { 'X-Own': 'Größe' },
  'characters beyond Latin-1': { 'X-Own': '€' },
  'a line break': { 'X-Own': 'a\r\nb: c' },
  'a name that is none': { 'X Own': 'a' },
  'white space around it': { 'X-Own': '  a  ' },
  cookies: { Cookie: 'a=1; b=2' },
  'a Range': { Range: 'bytes=0-1' },
  'a Referer': { Referer: 'http://server/other' },
  'no Authorization': { Authorization: false },
  'an Authorization of null': { authorization: null },
};

export const requests: Topic = {
  ...forEach(
    withoutBody,
    '%s',
    (method) =>
      async ({ create }) =>
        outcome(create()[method]('/echo')),
  ),
  ...forEach(
    withBody,
    '%s',
    (method) =>
      async ({ create }) =>
        outcome(create()[method]('/echo', { a: 1 })),
  ),
  ...forEach(
    forms,
    '%s',
    (method) =>
      async ({ create }) =>
        outcome(create()[method]('/echo', { a: 'x', b: ['1', '2'] })),
  ),
  'the instance called with a URL': ({ create }) => outcome(create()('/echo')),
  'the instance called with URL and config': ({ create }) =>
    outcome(create()('/echo', { method: 'post', data: 'a' })),
  'the instance called with a config': ({ create }) =>
    outcome(create()({ url: '/echo', method: 'PUT', data: 'a' })),
  'a method in mixed case': request({ method: 'PoSt', data: 'a' }),
  'a method of WebDAV': byHttp(request({ method: 'PROPFIND' })),
  'a method that does not exist': byHttp(request({ method: 'NO SUCH' })),
  'a method of the instance': ({ create }) =>
    outcome(create({ method: 'delete' }).request({ url: '/echo' })),
  'several at once': ({ create }) => {
    const http = create();
    return Promise.all([1, 2, 3].map((n) => outcome(http.get(`/echo/${n}`, { params: { n } }))));
  },
  'one after the other': async ({ create }) => {
    const http = create();
    return [await outcome(http.get('/echo/1')), await outcome(http.post('/echo/2', 'a'))];
  },
  ...forEach(headers, 'a header: %s', (given) => request({ headers: given as never })),
  ...forEach(headers, 'a header of a POST: %s', (given) =>
    request({ method: 'post', data: 'a', headers: given as never }),
  ),
  'headers: AxiosHeaders': request(({ library }) => ({
    headers: new library.AxiosHeaders({ 'X-Own': 'a' }),
  })),
  'headers: AxiosHeaders of the caller stay as they were': async ({ create, library }) => {
    const own = new library.AxiosHeaders({ 'X-Own': 'a' });
    await create().get('/echo', { headers: own });
    return own.toJSON();
  },
  'headers: of the instance, for all methods and for one': ({ create }) => {
    const http = create();
    http.defaults.headers.common['X-Common'] = 'a';
    http.defaults.headers.post['X-Post'] = 'b';
    http.defaults.headers.get['X-Get'] = 'c';
    return Promise.all([outcome(http.get('/echo')), outcome(http.post('/echo', 'a'))]);
  },
  'headers: the request before the instance': ({ create }) =>
    outcome(
      create({ headers: { 'X-Own': 'a', 'X-Other': 'b' } }).get('/echo', {
        headers: { 'x-own': 'c' },
      }),
    ),
  'Content-Type: one for the instance': ({ create }) =>
    outcome(
      create({ headers: { 'Content-Type': 'application/vnd.own+json' } }).post('/echo', { a: 1 }),
    ),
  'Content-Type: none': request({ method: 'post', data: 'a', headers: { 'Content-Type': false } }),
  'Content-Type: without a body': request({ headers: { 'Content-Type': 'text/plain' } }),
  'Content-Length: one that is right': request({
    method: 'post',
    data: 'abc',
    headers: { 'Content-Length': 3 },
  }),
  'Content-Length: one that is too long': byHttp(
    request({ method: 'post', data: 'abc', timeout: 100, headers: { 'Content-Length': 9 } }),
  ),
  'Expect: 100-continue': byHttp(
    request({ method: 'post', data: 'abc', headers: { Expect: '100-continue' } }),
  ),
  'Host: that of the URL': byHttp(
    request(({ server }) => ({ headers: { Host: new URL(server.origin).host } })),
  ),
  'Host: another one': differs(
    'A `Host` header that does not match the URL is refused with `ERR_HOST_NOT_ALLOWED`.',
    byHttp(request({ headers: { Host: 'other.test' } })),
  ),
  'Authorization: one of the request': differs(
    broughtCredential,
    request({ headers: { Authorization: 'Bearer mine' } }),
  ),
  auth: differs(broughtCredential, request({ auth: { username: 'user', password: 'pass' } })),
  'a parameter of a credential': differs(
    broughtCredential,
    request({ params: { api_key: 'mine' } }),
  ),
  fetchOptions: byFetch(
    request({ fetchOptions: { cache: 'no-store', integrity: '' } } as AxiosRequestConfig),
  ),
  'fetchOptions with method, headers and body': byFetch(
    request({
      method: 'post',
      data: 'a',
      fetchOptions: { method: 'PUT', headers: { 'X-Own': 'a' }, body: 'b' },
    } as AxiosRequestConfig),
  ),
  withCredentials: request({ withCredentials: true }),
  'XSRF names': request({ xsrfCookieName: 'a', xsrfHeaderName: 'X-B' }),
};
