import type { AxiosRequestConfig } from 'axios';
import { byFetch, byHttp, forEach, newByHttp, topic } from './behaviour';
import { outcome, request } from './outcome';

const statuses = [
  200, 201, 202, 204, 205, 300, 304, 400, 401, 403, 404, 405, 409, 410, 422, 429, 500, 502, 503,
  504, 599,
];

const validators: Record<string, () => AxiosRequestConfig> = {
  null: () => ({ validateStatus: null }),
  'a function that accepts all': () => ({ validateStatus: () => true }),
  'a function that accepts none': () => ({ validateStatus: () => false }),
};

const transforms: Record<string, NonNullable<AxiosRequestConfig['transformResponse']>> = {
  'a function': (data: unknown) => `<${String(data)}>`,
  'two functions': [(data: unknown) => `a${String(data)}`, (data: unknown) => `b${String(data)}`],
  'a function of headers and status': (
    data: unknown,
    headers: { get?: unknown },
    status?: number,
  ) => `${typeof data} ${typeof headers.get} ${status}`,
  'a function that throws': () => {
    throw new RangeError('no');
  },
  'an empty list': [],
};

const encodings = ['gzip', 'deflate', 'raw', 'br'];

const silent = { silentJSONParsing: true, forcedJSONParsing: true };

export const responses = topic(
  forEach(statuses, 'status %s', (status) => request({ url: `/status/${status}` })),
  {
    'a custom status text': request({ url: '/reason' }),
  },
  forEach(validators, 'validateStatus: %s', (config) =>
    request(() => ({ url: '/status/404', ...config() })),
  ),
  forEach(
    ['json', 'text', 'arraybuffer', 'document'] as const,
    'responseType: %s',
    (responseType) => request({ url: '/json/{"a":1}', responseType }),
  ),
  {
    'responseType: blob': byFetch(request({ url: '/text', responseType: 'blob' })),

    'responseType: an unknown type': request({ url: '/text', responseType: 'own' as never }),

    'responseEncoding: latin1': byHttp(
      request({ url: '/latin1', responseEncoding: 'latin1' } as AxiosRequestConfig),
    ),

    'bytes that are not UTF-8': request({ url: '/latin1' }),

    'a byte-order mark': request({ url: '/bom' }),

    'invalid JSON': request({ url: '/json/{"a":' }),

    'invalid JSON for responseType json': request({ url: '/json/{"a":', responseType: 'json' }),

    'invalid JSON with silentJSONParsing: false': request({
      url: '/json/{"a":',
      responseType: 'json',
      transitional: { silentJSONParsing: false },
    }),

    'JSON with forcedJSONParsing: false': request({
      url: '/json/{"a":1}',
      transitional: { ...silent, forcedJSONParsing: false },
    }),

    'JSON of a number': request({ url: '/json/42' }),

    'JSON of null': request({ url: '/json/null' }),

    'an empty body': request({ url: '/empty' }),

    'an empty body for responseType json': request({ url: '/empty', responseType: 'json' }),

    'an empty body for responseType arraybuffer': request({
      url: '/empty',
      responseType: 'arraybuffer',
    }),

    'many bytes': request({ url: '/bytes/300000', responseType: 'arraybuffer' }),

    'a body of several chunks': request({ url: '/chunks' }),

    'a HEAD request': request({ url: '/text', method: 'head' }),

    'a set of headers': request({ url: '/headers' }),

    'headers, read by get, by has and as a property,': async ({ create }) => {
      const { headers } = await create().get('/headers');
      const of = headers as unknown as { get(name: string): unknown; has(name: string): boolean };
      return [of.get('X-MIXED-case'), of.has('x-empty'), of.has('x-none'), headers['set-cookie']];
    },
  },
  forEach(transforms, 'transformResponse: %s', (transformResponse) =>
    request({ url: '/text', transformResponse }),
  ),
  {
    'transformResponse of an error': request({
      url: '/status/500',
      transformResponse: (data: unknown) => `<${String(data)}>`,
    }),

    'the number of calls of transformResponse': async ({ create }) => {
      let calls = 0;
      const http = create({ transformResponse: [(data: unknown) => ((calls += 1), data)] });
      await http.get('/text');
      await http.get('/status/500').catch(() => undefined);
      return calls;
    },
  },
  forEach(encodings, 'content-encoding: %s', (name) => request({ url: `/encoded/${name}` })),
  forEach(encodings, 'content-encoding: %s of a body that is cut off', (name) =>
    newByHttp(request({ url: `/encoded/${name}-cut` })),
  ),
  forEach(['gzip', 'br'], 'content-encoding: %s of a body that is not encoded', (name) =>
    newByHttp(request({ url: `/encoded/${name}-broken`, timeout: 250 })),
  ),
  {
    'content-encoding: gzip of an empty body': request({ url: '/encoded/gzip-empty' }),

    'content-encoding: gzip of a response to HEAD': request({
      url: '/encoded/gzip',
      method: 'head',
    }),

    'decompress: false': byHttp(
      request({ url: '/encoded/gzip', decompress: false, responseType: 'arraybuffer' }),
    ),

    'a response that exceeds maxContentLength': request({
      url: '/bytes/100',
      maxContentLength: 99,
    }),

    'a response of exactly maxContentLength': request({ url: '/bytes/100', maxContentLength: 100 }),

    'a response that exceeds maxContentLength after decompression': byHttp(
      request({ url: '/encoded/gzip', maxContentLength: 100 }),
    ),

    'a connection that is reset': request({ url: '/reset' }),

    'a response that is cut off': request({ url: '/cut' }),

    'a malformed response': request({ url: '/malformed' }),

    'insecureHTTPParser: false': byHttp(request({ url: '/lenient' })),

    'insecureHTTPParser: true': byHttp(
      request({ url: '/lenient', insecureHTTPParser: true } as AxiosRequestConfig),
    ),

    'a port without a server': request({ baseURL: 'http://127.0.0.1:9' }),

    'error.toJSON': async ({ create }) => {
      const error: unknown = await create()
        .get('/status/500')
        .catch((reason: unknown) => reason);
      const { name, message, code, status } = (
        error as { toJSON(): Record<string, unknown> }
      ).toJSON();
      return { name, message, code, status };
    },

    'the class of an error': async ({ create, library }) => {
      const error: unknown = await create()
        .get('/status/500')
        .catch((reason: unknown) => reason);
      return [
        error instanceof library.AxiosError,
        error instanceof Error,
        library.isAxiosError(error),
        library.isCancel(error),
      ];
    },

    'the identity of an error’s config and its response’s config': async ({ create }) => {
      const error = (await create()
        .get('/status/500')
        .catch((reason: unknown) => reason)) as { config: unknown; response: { config: unknown } };
      return error.config === error.response.config;
    },

    'the duration of a response': {
      isNew: true,
      run: async ({ create }) => {
        const response: { duration?: unknown } = await create().get('/text');
        return typeof response.duration;
      },
    },

    'the number of requests per response': async ({ create, server }) => {
      const seen = await outcome(create().get('/text'));
      return [seen, server.received];
    },
  },
);
