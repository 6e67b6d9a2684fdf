import { once } from 'node:events';
import { PassThrough, type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { AxiosRequestConfig } from 'axios';
import { byFetch, byHttp, differs, forEach, newByHttp, topic, type World } from './behaviour';
import { contents, shownHeaders } from './outcome';

const places: Record<string, AxiosRequestConfig> = {
  '/text': {},
  '/empty': {},
  '/chunks': {},
  '/bytes/300000': {},
  '/encoded/gzip': {},
  '/encoded/br': {},
  '/cut': {},
  '/stall with timeout': { url: '/stall', timeout: 250 },
  '/stall-gzip with timeout': { url: '/stall-gzip', timeout: 250 },
  '/text with maxContentLength': { url: '/text', maxContentLength: 10_000 },
  '/encoded/gzip without decompression': { url: '/encoded/gzip', decompress: false },
  '/text with maxRedirects: 0': { url: '/text', maxRedirects: 0 },
};

const open = async ({ create }: World, config: AxiosRequestConfig) =>
  create().request<Readable>({ responseType: 'stream', ...config });

const read = (config: AxiosRequestConfig) => async (world: World) => {
  const { status, headers, data } = await open(world, config);
  return { status, headers: shownHeaders(headers), data: await contents(data) };
};

export const downloads = topic(
  forEach(places, 'the streamed response of %s', (config) => {
    const name = Object.entries(places).find(([, each]) => each === config)?.[0];
    return byHttp(read({ url: String(name), ...config }));
  }),
  forEach(
    ['/text', '/empty', '/chunks', '/bytes/300000', '/encoded/gzip'],
    'the streamed response of %s by fetch',
    (url) => byFetch(read({ url })),
  ),
  {
    'a stream that exceeds maxContentLength': newByHttp(
      read({ url: '/bytes/100', maxContentLength: 50 }),
    ),

    'a stream that exceeds maxContentLength by fetch': byFetch(
      read({ url: '/chunks', maxContentLength: 5 }),
    ),

    'a stream with an error status': byHttp(async ({ create }) => {
      const sent = create().get('/status/500', { responseType: 'stream' });
      const error = (await sent.catch((reason: unknown) => reason)) as {
        message: string;
        response: { data: unknown };
      };
      return [error.message, await contents(error.response.data)];
    }),

    'the order of events': byHttp(async (world) => {
      const { data } = await open(world, { url: '/text' });
      const seen: string[] = [];
      for (const name of ['end', 'close', 'error']) data.on(name, () => seen.push(name));
      data.resume();
      await once(data, 'close');
      return seen;
    }),

    'a stream with an encoding': byHttp(async (world) => {
      const { data } = await open(world, { url: '/latin1' });
      let text = '';
      data.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
      await once(data, 'end');
      return text;
    }),

    'a stream that is piped': byHttp(async (world) => {
      const { data } = await open(world, { url: '/bytes/100000' });
      return contents(data.pipe(new PassThrough()));
    }),

    'a stream that is piped by pipeline': byHttp(async (world) => {
      const { data } = await open(world, { url: '/bytes/100000' });
      let length = 0;
      await pipeline(
        data,
        new Writable({
          write: (chunk: Buffer, _encoding, done) => {
            length += chunk.length;
            done();
          },
        }),
      );
      return length;
    }),

    'a stream that is piped to a failing one': byHttp(async (world) => {
      const { data } = await open(world, { url: '/bytes/100000' });
      const failing = new Writable({
        write: (_chunk, _encoding, done) => {
          done(new Error('disk full'));
        },
      });
      const failed = await pipeline(data, failing).catch(
        (error: unknown) => (error as Error).message,
      );
      await wait(20);
      return [failed, data.destroyed];
    }),

    'a stream that is paused and resumed': byHttp(async (world) => {
      const { data } = await open(world, { url: '/chunks' });
      data.pause();
      await wait(30);
      return contents(data);
    }),

    'a stream that is destroyed early': byHttp(async (world) => {
      const { data } = await open(world, { url: '/stall' });
      data.on('error', () => undefined);
      data.destroy();
      await world.server.closed('/stall');
      return data.destroyed;
    }),

    'a stream whose for await loop is left': byHttp(async (world) => {
      const { data } = await open(world, { url: '/stall' });
      for await (const chunk of data) {
        await wait(1);
        if (String(chunk) === 'first') break;
      }
      await world.server.closed('/stall');
      return data.destroyed;
    }),

    'a stream that is aborted': byHttp(async (world) => {
      const controller = new AbortController();
      const { data } = await open(world, { url: '/stall', signal: controller.signal });
      setTimeout(() => {
        controller.abort();
      }, 10);
      const read = await contents(data);
      await world.server.closed('/stall');
      return read;
    }),

    'a stream that the caller destroys with an error': byHttp(async (world) => {
      const { data } = await open(world, { url: '/text' });
      const closed = new Promise((resolve) => data.on('close', resolve));
      data.on('error', () => undefined).destroy(new Error('mine'));
      await closed;
      return [data.destroyed, data.errored?.message];
    }),

    'a large stream that is read later': byHttp(async (world) => {
      const { data } = await open(world, { url: '/bytes/1000000' });
      await wait(30);
      return contents(data);
    }),

    'the set of connection fields of a stream': differs(
      "A streamed response is a new stream without the fields of Node's `IncomingMessage` (`statusCode`, `headers`, `socket`, `req`).",
      byHttp(async (world) => {
        const { data } = await open(world, { url: '/text' });
        data.resume();
        return ['statusCode', 'headers', 'req'].filter((name) => name in data);
      }),
    ),
  },
);
