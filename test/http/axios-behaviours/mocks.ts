import type {
  AxiosAdapter,
  AxiosError,
  AxiosInstance,
  AxiosRequestConfig,
  InternalAxiosRequestConfig,
} from 'axios';
import MockAdapter from 'axios-mock-adapter';
import { byHttp, differs, type Topic, type World } from './behaviour';
import { outcome } from './outcome';

const seenCredential =
  'An adapter or a mock that the instance had before sees the credential in `headers`, `params` or `data`. A mock that compares all parameters must expect `api_key` and `api_secret`.';
const seenGuards =
  'Such an adapter also sees the options that keep a credential from leaking: `transport`, `fetchOptions` and, for `http:` to a loopback host, `proxy` and `httpAgent`.';

const credential = ['api_key', 'api_secret'];

/** The config that an adapter receives, without the credential. */
function seen(config: InternalAxiosRequestConfig): unknown {
  const { url, method, baseURL, timeout, paramsSerializer, headers } = config;
  const others = Object.entries({ ...(config.params as object) }).filter(
    ([name]) => !credential.includes(name),
  );
  const { Authorization: _, ...shown } = { ...(headers as object) } as Record<string, unknown>;
  return {
    url,
    method,
    baseURL,
    params: others,
    hasSerializer: paramsSerializer !== undefined,
    data: config.data as unknown,
    timeout,
    headers: shown,
    isAxiosHeaders: typeof headers.get,
    transforms: [config.transformRequest, config.transformResponse].map(
      (list) => [list].flat().length,
    ),
  };
}

const answer = (config: InternalAxiosRequestConfig, data: unknown = 'mocked') => ({
  config,
  data,
  status: 200,
  statusText: 'OK',
  headers: {},
});

const by = (world: World, adapter: AxiosAdapter) => world.create({ adapter });

const sees = (config: AxiosRequestConfig) => async (world: World) => {
  const configs: unknown[] = [];
  const http = by(world, (given) => {
    configs.push(seen(given));
    return Promise.resolve(answer(given));
  });
  return [await outcome(http.request({ url: '/a', ...config })), configs];
};

const mocked =
  (prepare: (mock: MockAdapter) => unknown, send: (http: AxiosInstance) => Promise<unknown>) =>
  async (world: World) => {
    let mock: MockAdapter | undefined;
    const http = world.create({}, (given) => {
      mock = new MockAdapter(given);
      prepare(mock);
    });
    const result = await outcome(send(http));
    const history = mock?.history as unknown as {
      get: AxiosRequestConfig[];
      post: AxiosRequestConfig[];
    };
    const calls = [...history.get, ...history.post].map(({ url, baseURL, data }) => ({
      url,
      baseURL,
      data: data as unknown,
    }));
    return [result, calls];
  };

export const mocks: Topic = {
  'a GET that an adapter receives': sees({ params: { b: 1, c: [2] } }),
  'a query in the URL that an adapter receives': sees({ url: '/a?b=1', params: { c: 2 } }),
  'a POST that an adapter receives': sees({
    method: 'post',
    data: { a: 1 },
    headers: { 'X-Own': 'b' },
  }),
  'a base URL of the request that an adapter receives': sees({
    baseURL: 'http://127.0.0.1:9/api/',
    url: 'a',
  }),
  'an absolute URL that an adapter receives': (world) =>
    sees({ baseURL: 'http://other.test', url: `${world.server.origin}/a` })(world),
  'a URLSearchParams that an adapter receives': async (world) => {
    const own: unknown[] = [];
    const http = by(world, (given) => {
      const params = given.params as URLSearchParams;
      own.push(
        Object.prototype.toString.call(params),
        [...params].filter(([name]) => !credential.includes(name)),
      );
      return Promise.resolve(answer(given));
    });
    await http.get('/a', { params: new URLSearchParams('b=1&b=2') });
    return own;
  },
  'a serializer with parameters that an adapter receives': sees({
    params: { b: [1, 2] },
    paramsSerializer: { indexes: null },
  }),
  'a timeout with a method that an adapter receives': sees({ method: 'delete', timeout: 5 }),
  'an adapter that responds without headers': (world) =>
    outcome(
      by(world, (config) =>
        Promise.resolve({ config, data: 1, status: 200, statusText: '' } as never),
      ).get('/a'),
    ),
  'an adapter that responds without a request': async (world) => {
    const response = await by(world, (config) => Promise.resolve(answer(config))).get('/a');
    return response.request === undefined;
  },
  'an adapter that throws at once': (world) =>
    outcome(
      by(world, () => {
        throw new RangeError('no');
      }).get('/a'),
    ),
  'an adapter that rejects': (world) =>
    outcome(by(world, () => Promise.reject(new RangeError('no'))).get('/a')),
  'an adapter that rejects with an AxiosError': ({ create, library }) =>
    outcome(
      create({
        adapter: (config) =>
          Promise.reject(
            new library.AxiosError('no', 'ENONE', config, {}, { ...answer(config), status: 418 }),
          ),
      }).get('/a'),
    ),
  'an adapter that responds with an error status': (world) =>
    outcome(by(world, (config) => Promise.resolve({ ...answer(config), status: 500 })).get('/a')),
  'an adapter in a list': (world) =>
    outcome(
      world
        .create({
          adapter: [
            (config: InternalAxiosRequestConfig) => Promise.resolve(answer(config)),
          ] as never,
        })
        .get('/a'),
    ),
  'a list of adapters': byHttp((world) =>
    outcome(world.create({ adapter: ['xhr', 'http'] as never }).get('/text')),
  ),
  'an adapter that does not exist': (world) =>
    outcome(world.create({ adapter: 'none' as never }).get('/text')),
  'the default adapter of axios': byHttp((world) =>
    outcome(world.create({ adapter: world.library.defaults.adapter as never }).get('/text')),
  ),
  'transformResponse of a mock’s response': (world) =>
    outcome(by(world, (config) => Promise.resolve(answer(config, '{"a":1}'))).get('/a')),
  'axios-mock-adapter: a match by path': mocked(
    (mock) => mock.onGet('/a').reply(200, { b: 1 }),
    (http) => http.get('/a'),
  ),
  'axios-mock-adapter: a match by path with a query': mocked(
    (mock) => mock.onGet('/a?b=1').reply(200, 'found'),
    (http) => http.get('/a?b=1'),
  ),
  'axios-mock-adapter: a match by a pattern': mocked(
    (mock) => mock.onGet(/^\/a\/\d+$/).reply(200, 'found'),
    (http) => http.get('/a/12'),
  ),
  'axios-mock-adapter: a match by path and body': mocked(
    (mock) => mock.onPost('/a', { b: 1 }).reply(201, 'made'),
    (http) => http.post('/a', { b: 1 }),
  ),
  'axios-mock-adapter: a match of any request': mocked(
    (mock) => mock.onAny().reply(202),
    (http) => http.get('/a', { params: { c: 1 } }),
  ),
  'axios-mock-adapter: a match by some parameters': mocked(
    (mock) =>
      mock
        .onGet('/a', { params: { asymmetricMatch: ({ c }: { c?: number }) => c === 1 } })
        .reply(200, 'found'),
    (http) => http.get('/a', { params: { c: 1 } }),
  ),
  'axios-mock-adapter: a match by all parameters': differs(
    seenCredential,
    mocked(
      (mock) => mock.onGet('/a', { params: { c: 1 } }).reply(200, 'found'),
      (http) => http.get('/a', { params: { c: 1 } }),
    ),
  ),
  'axios-mock-adapter: an unmatched request': mocked(
    (mock) => mock.onGet('/b').reply(200),
    (http) => http.get('/a'),
  ),
  'axios-mock-adapter: an error status': mocked(
    (mock) => mock.onGet('/a').reply(500, { b: 1 }),
    (http) => http.get('/a'),
  ),
  'axios-mock-adapter: a network error': mocked(
    (mock) => mock.onGet('/a').networkError(),
    (http) => http.get('/a'),
  ),
  'axios-mock-adapter: a timeout': mocked(
    (mock) => mock.onGet('/a').timeout(),
    (http) => http.get('/a'),
  ),
  'axios-mock-adapter: a response to one request only': mocked(
    (mock) => mock.onGet('/a').replyOnce(200, 'first').onGet('/a').reply(200, 'second'),
    async (http) => {
      await http.get('/a');
      return http.get('/a');
    },
  ),
  'axios-mock-adapter: a request that is passed through': mocked(
    (mock) => mock.onGet('/echo').passThrough(),
    (http) => http.get('/echo', { params: { c: 1 } }),
  ),
  'axios-mock-adapter: an unmatched request that is passed through': async (world) => {
    const http = world.create({}, (given) => new MockAdapter(given, { onNoMatch: 'passthrough' }));
    return outcome(http.post('/echo', { a: 1 }));
  },
  'the set of other fields that an adapter receives': differs(seenGuards, async (world) => {
    let fields: string[] = [];
    const http = by(world, (config) => {
      fields = Object.keys(config).sort();
      return Promise.resolve(answer(config));
    });
    await http.get('/a');
    return fields;
  }),
  'an error that a mock creates with its config': async (world) => {
    const error = (await by(world, (config) =>
      Promise.reject(Object.assign(new Error('no'), { config })),
    )
      .get('/a')
      .catch((reason: unknown) => reason)) as AxiosError;
    return [error.message, error.config?.url];
  },
};
