import type { AxiosRequestConfig } from 'axios';
import { byFetch, byHttp, forEach, newByHttp, type Topic } from './behaviour';
import { outcome, request } from './outcome';

const statuses = [
  200, 201, 202, 204, 205, 300, 304, 400, 401, 403, 404, 405, 409, 410, 422, 429, 500, 502, 503,
  504, 599,
];

const validators: Record<string, () => AxiosRequestConfig> = {
  null: () => ({ validateStatus: null }),
  'one that takes all': () => ({ validateStatus: () => true }),
  'one that takes none': () => ({ validateStatus: () => false }),
};

const transforms: Record<string, NonNullable<AxiosRequestConfig['transformResponse']>> = {
  one: (data: unknown) => `<${String(data)}>`,
  several: [(data: unknown) => `a${String(data)}`, (data: unknown) => `b${String(data)}`],
  'one that sees headers and status': (
    data: unknown,
    headers: { get?: unknown },
    status?: number,
  ) => `${typeof data} ${typeof headers.get} ${status}`,
  'one that throws': () => {
    throw new RangeError('no');
  },
  none: [],
};

const encodings = ['gzip', 'deflate', 'raw', 'br'];

const silent = { silentJSONParsing: true, forcedJSONParsing: true };

export const answers: Topic = {
  ...forEach(statuses, 'status %s', (status) => request({ url: `/status/${status}` })),
  'a reason of its own': request({ url: '/reason' }),
  ...forEach(validators, 'validateStatus: %s', (config) =>
    request(() => ({ url: '/status/404', ...config() })),
  ),
  ...forEach(
    ['json', 'text', 'arraybuffer', 'document'] as const,
    'responseType: %s',
    (responseType) => request({ url: '/json/{"a":1}', responseType }),
  ),
  'responseType: blob': byFetch(request({ url: '/text', responseType: 'blob' })),
  'responseType: one that does not exist': request({ url: '/text', responseType: 'own' as never }),
  'responseEncoding: latin1': byHttp(
    request({ url: '/latin1', responseEncoding: 'latin1' } as AxiosRequestConfig),
  ),
  'bytes that are no UTF-8': request({ url: '/latin1' }),
  'a byte-order mark': request({ url: '/bom' }),
  'JSON that is broken': request({ url: '/json/{"a":' }),
  'JSON that is broken, for json': request({ url: '/json/{"a":', responseType: 'json' }),
  'JSON that is broken, not silently': request({
    url: '/json/{"a":',
    responseType: 'json',
    transitional: { silentJSONParsing: false },
  }),
  'JSON that is not forced': request({
    url: '/json/{"a":1}',
    transitional: { ...silent, forcedJSONParsing: false },
  }),
  'JSON of a number': request({ url: '/json/42' }),
  'JSON of null': request({ url: '/json/null' }),
  'nothing at all': request({ url: '/empty' }),
  'nothing for json': request({ url: '/empty', responseType: 'json' }),
  'nothing for arraybuffer': request({ url: '/empty', responseType: 'arraybuffer' }),
  'many bytes': request({ url: '/bytes/300000', responseType: 'arraybuffer' }),
  'several chunks': request({ url: '/chunks' }),
  'a HEAD request': request({ url: '/text', method: 'head' }),
  headers: request({ url: '/headers' }),
  'headers by get, has and toJSON': async ({ create }) => {
    const { headers } = await create().get('/headers');
    const of = headers as unknown as { get(name: string): unknown; has(name: string): boolean };
    return [of.get('X-MIXED-case'), of.has('x-empty'), of.has('x-none'), headers['set-cookie']];
  },
  ...forEach(transforms, 'transformResponse: %s', (transformResponse) =>
    request({ url: '/text', transformResponse }),
  ),
  'transformResponse: of an error': request({
    url: '/status/500',
    transformResponse: (data: unknown) => `<${String(data)}>`,
  }),
  'transformResponse: called once': async ({ create }) => {
    let calls = 0;
    const http = create({ transformResponse: [(data: unknown) => ((calls += 1), data)] });
    await http.get('/text');
    await http.get('/status/500').catch(() => undefined);
    return calls;
  },
  ...forEach(encodings, 'content-encoding: %s', (name) => request({ url: `/encoded/${name}` })),
  ...forEach(encodings, 'content-encoding: %s, cut off', (name) =>
    newByHttp(request({ url: `/encoded/${name}-cut` })),
  ),
  ...forEach(['gzip', 'br'], 'content-encoding: %s, which it is not', (name) =>
    newByHttp(request({ url: `/encoded/${name}-broken`, timeout: 250 })),
  ),
  'content-encoding: gzip of nothing': request({ url: '/encoded/gzip-empty' }),
  'content-encoding: gzip of a HEAD request': request({ url: '/encoded/gzip', method: 'head' }),
  'decompress: false': byHttp(
    request({ url: '/encoded/gzip', decompress: false, responseType: 'arraybuffer' }),
  ),
  'maxContentLength: exceeded': request({ url: '/bytes/100', maxContentLength: 99 }),
  'maxContentLength: just not exceeded': request({ url: '/bytes/100', maxContentLength: 100 }),
  'maxContentLength: exceeded after decompression': byHttp(
    request({ url: '/encoded/gzip', maxContentLength: 100 }),
  ),
  'a connection that is reset': request({ url: '/reset' }),
  'an answer that is cut off': request({ url: '/cut' }),
  'an answer that is malformed': request({ url: '/malformed' }),
  'insecureHTTPParser: false': byHttp(request({ url: '/lenient' })),
  'insecureHTTPParser: true': byHttp(
    request({ url: '/lenient', insecureHTTPParser: true } as AxiosRequestConfig),
  ),
  'nobody at the port': request({ baseURL: 'http://127.0.0.1:9' }),
  'error.toJSON': async ({ create }) => {
    const error: unknown = await create()
      .get('/status/500')
      .catch((reason: unknown) => reason);
    const { name, message, code, status } = (
      error as { toJSON(): Record<string, unknown> }
    ).toJSON();
    return { name, message, code, status };
  },
  'classes of errors': async ({ create, library }) => {
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
  'an error and its config are the same at its response': async ({ create }) => {
    const error = (await create()
      .get('/status/500')
      .catch((reason: unknown) => reason)) as { config: unknown; response: { config: unknown } };
    return error.config === error.response.config;
  },
  'a time that the answer took': {
    isNew: true,
    run: async ({ create }) => {
      const response: { duration?: unknown } = await create().get('/text');
      return typeof response.duration;
    },
  },
  'one request for each answer': async ({ create, server }) => {
    const seen = await outcome(create().get('/text'));
    return [seen, server.received];
  },
};
