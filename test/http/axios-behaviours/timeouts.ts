import { Agent } from 'node:http';
import { Socket } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import type { AxiosRequestConfig } from 'axios';
import { byHttp, forEach, newByHttp, topic } from './behaviour';
import { contents, outcome, request } from './outcome';

const configs: Record<string, AxiosRequestConfig> = {
  'a timeout': { timeout: 80 },
  'a timeout as a string': { timeout: '80' as never },
  'a timeout with a message': { timeout: 80, timeoutErrorMessage: 'too slow' },
  'a timeout that clarifyTimeoutError distinguishes from an abort': {
    timeout: 80,
    transitional: { clarifyTimeoutError: true },
  },
  'a timeout without redirects': { timeout: 80, maxRedirects: 0 },
  'a timeout with few redirects': { timeout: 80, maxRedirects: 3 },
};

/** Without redirects, axios uses Node's own module, with which a stalled streamed response never ends. */
const streamed = Object.fromEntries(
  Object.entries(configs).filter(([, { maxRedirects }]) => maxRedirects !== 0),
);

/** Requests that the server does not finish. */
const waits: Record<string, AxiosRequestConfig> = {
  'a missing response': { url: '/hang' },
  'a stalled response': { url: '/stall' },
  'a missing response to a body': { url: '/drain', method: 'post', data: 'x'.repeat(1000) },
};

/** An agent whose connections are never established. */
const unconnected = () => new Agent({ createConnection: () => new Socket() } as never);

export const timeouts = topic(
  Object.fromEntries(
    Object.entries(configs).flatMap(([name, config]) =>
      Object.entries(waits).map(([wait, how]) => [
        `${wait} and ${name}`,
        request({ ...how, ...config }),
      ]),
    ),
  ),
  forEach(configs, 'a body that never ends and %s', (config) =>
    byHttp(async ({ create }) => {
      const data = new PassThrough();
      data.write('first');
      const seen = await outcome(create().post('/drain', data, config));
      data.destroy();
      return seen;
    }),
  ),
  forEach(streamed, 'a stalled streamed response and %s', (config) =>
    byHttp(async ({ create }) => {
      // Long enough for the head of a response to arrive while other behaviours are observed.
      const stalls = { responseType: 'stream', ...config, timeout: 250 } as const;
      const { data } = await create().get<Readable>('/stall', stalls);
      return contents(data);
    }),
  ),
  {
    'a connection that is not established': newByHttp((world) => {
      const httpAgent = unconnected();
      return outcome(world.create({ httpAgent }).get('/text', { timeout: 80 }));
    }),

    'a connection that is not established, without redirects,': newByHttp((world) => {
      const httpAgent = unconnected();
      return outcome(world.create({ httpAgent }).get('/text', { timeout: 80, maxRedirects: 0 }));
    }),

    'a timeout of the instance': ({ create }) => outcome(create({ timeout: 80 }).get('/hang')),

    'a timeout of the request that overrides the instance’s': ({ create }) =>
      outcome(create({ timeout: 10_000 }).get('/hang', { timeout: 80 })),

    'a timeout that is set later': ({ create }) => {
      const http = create();
      http.defaults.timeout = 80;
      return outcome(http.get('/hang'));
    },

    'a timeout that is not reached': request({ url: '/chunks', timeout: 5000 }),

    'a timeout of 0': request({ url: '/chunks', timeout: 0 }),

    'an invalid timeout': byHttp(request({ url: '/text', timeout: 'soon' as never })),

    'a timeout of a gzip response that stalls': byHttp(
      request({ url: '/stall-gzip', timeout: 80 }),
    ),

    'a set of concurrent timeouts': ({ create }) => {
      const http = create({ timeout: 80 });
      return Promise.all(['/hang/1', '/hang/2', '/text'].map((url) => outcome(http.get(url))));
    },

    'a request after a timeout': async ({ create }) => {
      const http = create({ timeout: 80 });
      return [await outcome(http.get('/hang')), await outcome(http.get('/text'))];
    },
  },
);
