import type {
  AxiosError,
  AxiosRequestConfig,
  AxiosResponse,
  InternalAxiosRequestConfig,
} from 'axios';
import { byHttp, differs, type Topic } from './behaviour';
import { outcome } from './outcome';

const noRequest =
  '`request` of a response or an error is `{ method, url }`. For a request without a credential it is `{ method, url, res: { responseUrl } }`.';
const ownAdapter =
  '`adapter` in `defaults`, `response.config` and `error.config` is a function of `attachAuth`.';
const ownConfig =
  '`response.config` and `error.config` are the config after the interceptors. They do not have the headers that an adapter adds (`User-Agent`, `Accept-Encoding`, `Content-Length`).';

const fieldsOf = (config: object) => Object.keys(config).sort();

export const instances: Topic = {
  'the order of request interceptors': async ({ create }) => {
    const http = create();
    const seen: string[] = [];
    for (const name of ['a', 'b']) {
      http.interceptors.request.use((config) => {
        seen.push(name);
        config.headers.set(`X-${name}`, name);
        return config;
      });
    }
    return [await outcome(http.get('/echo')), seen];
  },
  'an asynchronous interceptor': async ({ create }) => {
    const http = create();
    http.interceptors.request.use(async (config) =>
      Promise.resolve({ ...config, params: { late: 1 } }),
    );
    return outcome(http.get('/echo'));
  },
  'a synchronous interceptor': async ({ create }) => {
    const http = create();
    http.interceptors.request.use((config) => ({ ...config, params: { now: 1 } }), null, {
      synchronous: true,
    });
    return outcome(http.get('/echo'));
  },
  'an interceptor for some requests': async ({ create }) => {
    const http = create();
    http.interceptors.request.use((config) => ({ ...config, params: { get: 1 } }), null, {
      runWhen: ({ method }) => method === 'get',
    });
    return [await outcome(http.get('/echo')), await outcome(http.delete('/echo'))];
  },
  'an interceptor that throws': async ({ create, server }) => {
    const http = create();
    http.interceptors.request.use(() => {
      throw new RangeError('no');
    });
    return [await outcome(http.get('/echo')), server.received];
  },
  'an interceptor that is ejected': async ({ create }) => {
    const http = create();
    http.interceptors.request.eject(
      http.interceptors.request.use((config) => ({ ...config, url: '/none' })),
    );
    return outcome(http.get('/echo'));
  },
  'an interceptor that changes the URL': async ({ create }) => {
    const http = create();
    http.interceptors.request.use((config) => ({
      ...config,
      url: '/echo/other',
      method: 'put',
      data: 'own',
    }));
    return outcome(http.get('/echo'));
  },
  'the order of response interceptors': async ({ create }) => {
    const http = create();
    for (const name of ['a', 'b']) {
      http.interceptors.response.use((response: AxiosResponse<string>) => ({
        ...response,
        data: response.data + name,
      }));
    }
    return outcome(http.get('/reason'));
  },
  'a response interceptor that replaces an error': async ({ create }) => {
    const http = create();
    http.interceptors.response.use(
      undefined,
      (error: AxiosError) => ({ ...error.response, data: 'healed' }) as AxiosResponse,
    );
    return outcome(http.get('/status/500'));
  },
  'a retry from error.config': async ({ create, server }) => {
    const http = create();
    http.interceptors.response.use(undefined, (error: AxiosError) => {
      const config = error.config as InternalAxiosRequestConfig & { count?: number };
      config.count = (config.count ?? 0) + 1;
      if (config.count > 2) throw error;
      return http.request(config);
    });
    return [
      await outcome(http.post('/status/503', { a: 1 }, { params: { b: 2 } })),
      server.received,
    ];
  },
  'a retry to another URL': async ({ create, server }) => {
    const http = create();
    http.interceptors.response.use(undefined, (error: AxiosError) =>
      http.request({ ...error.config, url: '/echo' }),
    );
    return [await outcome(http.post('/status/503', { a: 1 })), server.received];
  },
  'a custom field in response.config': async ({ create }) => {
    const own = { metadata: { start: 1 }, other: [1] } as AxiosRequestConfig;
    const response = await create().get('/text', own);
    const config = response.config as unknown as { metadata: unknown; other: unknown };
    return [config.metadata, config.other];
  },
  'response.config: url, method, baseURL, params and data': async ({ create }) => {
    const { config } = await create().post('/echo?c=1', { a: 1 }, { params: { b: 2 } });
    return ['url', 'method', 'baseURL', 'params', 'data'].map(
      (name) => (config as unknown as Record<string, unknown>)[name],
    );
  },
  'the set of fields of response.config': async ({ create }) =>
    fieldsOf((await create().get('/echo')).config),
  'a header of the request in response.config': async ({ create }) => {
    const { config } = await create().get('/echo', { headers: { 'X-Own': 'a' } });
    return [config.headers.get('x-own'), config.headers.get('accept'), typeof config.headers.set];
  },
  'response.config: headers of the adapter': differs(
    ownConfig,
    byHttp(async ({ create }) => {
      const { config } = await create().get('/echo');
      return Object.keys(config.headers);
    }),
  ),
  'response.config: adapter': differs(
    ownAdapter,
    async ({ create }) => (await create().get('/echo')).config.adapter,
  ),
  'response.request': differs(
    noRequest,
    byHttp(async ({ create }) => {
      const response = await create().get('/text');
      const request = response.request as object;
      return ['getHeader', 'socket', 'method', 'url', 'res'].filter((name) => name in request);
    }),
  ),
  'error.request': differs(
    noRequest,
    byHttp(async ({ create }) => {
      const error = (await create()
        .get('/status/500')
        .catch((reason: unknown) => reason)) as { request: object };
      return ['getHeader', 'socket', 'url', 'res'].filter((name) => name in error.request);
    }),
  ),
  'error.config: url, method and a custom field': async ({ create }) => {
    const own = { url: '/status/500', metadata: 1 } as AxiosRequestConfig;
    const error = (await create()
      .request(own)
      .catch((reason: unknown) => reason)) as AxiosError;
    return [
      error.config?.url,
      (error.config as { metadata?: unknown }).metadata,
      error.config?.method,
    ];
  },
  'defaults that change later': async ({ create, server }) => {
    const http = create();
    http.defaults.baseURL = `${server.origin}/echo`;
    http.defaults.params = { later: 1 };
    http.defaults.headers.common['X-Later'] = 'a';
    return outcome(http.get('/a'));
  },
  'an instance created from the instance': async ({ create, library, server }) => {
    const parent = create({ headers: { 'X-Own': 'a' } });
    const child = library.create({
      ...(parent.defaults as object),
      baseURL: `${server.origin}/echo`,
    });
    return outcome(child.get('/child'));
  },
  'an instance created by instance.create': {
    isNew: true,
    run: async ({ create }) => {
      const parent = create({ headers: { 'X-Own': 'a' } }) as unknown as {
        create?: (config: object) => { get(url: string): Promise<unknown> };
      };
      return outcome(
        Promise.resolve(parent.create?.({ headers: { 'X-Other': 'b' } }).get('/echo')),
      );
    },
  },
  getUri: ({ create }) => create().getUri({ url: '/a', params: { b: [1, 2] } }),
  'an adapter of the request': async ({ create }) =>
    outcome(
      create().get('/echo', {
        adapter: (config) =>
          Promise.resolve({ config, data: config.url, status: 200, statusText: 'OK', headers: {} }),
      }),
    ),
  'an unawaited set of requests': async ({ create }) => {
    const http = create();
    const [first, second] = [http.get('/status/500'), http.get('/text')];
    return Promise.allSettled([outcome(first), outcome(second)]);
  },
  'an instance that is passed as a function': async ({ create }) =>
    ['/text', '/empty']
      .map((url) => [create(), url])
      .reduce(
        async (seen, [http, url]) => [
          ...(await seen),
          await outcome((http as (url: string) => Promise<unknown>)(url as string)),
        ],
        Promise.resolve([] as unknown[]),
      ),
};
