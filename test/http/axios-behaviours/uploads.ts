import { createCipheriv, createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Duplex, PassThrough, Readable, Stream, Transform } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import PackagedForm from 'form-data';
import { PassThrough as OlderPassThrough } from 'readable-stream';
import type { AxiosRequestConfig } from 'axios';
import { byFetch, byHttp, forEach, newByHttp, topic } from './behaviour';
import { outcome, request, shownError } from './outcome';

const kilobytes = (count: number) => Buffer.alloc(count * 1024, 'abcdefg');

function ended<Written extends { end(chunk: unknown): unknown }>(
  stream: Written,
  bytes: Buffer,
): Written {
  stream.end(bytes);
  return stream;
}

async function* later(...chunks: unknown[]) {
  for (const chunk of chunks) {
    await wait(5);
    yield chunk;
  }
}

function failing(error?: Error): Readable {
  const stream = new PassThrough();
  stream.write('first');
  setTimeout(() => stream.destroy(error), 20);
  return stream;
}

const streams = {
  'a PassThrough of 17 kB that has ended': () => ended(new PassThrough(), kilobytes(17)),
  'a PassThrough of 300 kB that has ended': () => ended(new PassThrough(), kilobytes(300)),
  'a PassThrough that has closed': () => {
    const stream = ended(new PassThrough(), kilobytes(17));
    stream.emit('close');
    return stream;
  },
  'a PassThrough that is written later': () =>
    Readable.from(later('one ', 'two')).pipe(new PassThrough()),
  'a stream of strings': () => Readable.from(['one ', 'zwölf ', '']),
  'a stream of bytes': () =>
    Readable.from([kilobytes(1), new Uint8Array([0, 128, 255])].map((chunk) => Buffer.from(chunk))),
  'an async generator': () => Readable.from(later('one ', Buffer.from('two'))),
  'a gzip stream': () => Readable.from([kilobytes(100)]).pipe(createGzip()),
  'a cipher': () =>
    Readable.from([kilobytes(100)]).pipe(
      createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)),
    ),
  'a hash': () => ended(createHash('sha256'), kilobytes(1)),
  'a transform': () => {
    const upper = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        done(null, chunk.toString().toUpperCase());
      },
    });
    return Readable.from(['one ', 'two']).pipe(upper);
  },
  'a file': () => createReadStream(__filename, { end: 70_000, highWaterMark: 1000 }),
  'a part of a file': () => createReadStream(__filename, { start: 10, end: 20 }),
  'a file that does not exist': () => createReadStream(`${__filename}.none`),
  'an empty stream': () => Readable.from([]),
  'a stream that was read before': () => {
    const stream = Readable.from(['gone']);
    stream.resume();
    return stream;
  },
  'a stream with an encoding': () =>
    Readable.from([Buffer.from('6f6e65', 'hex')], { objectMode: false }).setEncoding('hex'),
  'a paused stream': () => Readable.from(['one']).pause(),
  'a Duplex': () => {
    const duplex = new Duplex({ read: () => undefined, write: () => undefined });
    duplex.push('one');
    duplex.push(null);
    return duplex;
  },
  'a stream of readable-stream 3': () => ended(new OlderPassThrough(), kilobytes(17)),
  'an old-style stream': () => {
    const stream = new Stream();
    setTimeout(() => {
      stream.emit('data', Buffer.from('one'));
      stream.emit('end');
    }, 20);
    return stream;
  },
  'a stream that fails': () => failing(Object.assign(new Error('no more'), { code: 'ENOMORE' })),
  'a stream that fails at once': () =>
    new Readable({
      read() {
        this.destroy(new Error('nothing'));
      },
    }),
  'a stream that is destroyed': () => failing(),
  'a stream converted from a web stream': () =>
    Readable.fromWeb(new Blob(['one', 'two']).stream() as never),
};

const options: Record<string, AxiosRequestConfig> = {
  onUploadProgress: { onUploadProgress: () => undefined },
  maxRate: { maxRate: 1_000_000 },
  'onUploadProgress and maxRate': {
    onUploadProgress: () => undefined,
    maxRate: [1_000_000] as never,
  },
  'a maxBodyLength that is exceeded': { maxBodyLength: 1000 },
  'a maxBodyLength that is not exceeded': { maxBodyLength: 17 * 1024 },
  'maxRedirects: 0': { maxRedirects: 0 },
  'maxRedirects: 0 and maxBodyLength': { maxRedirects: 0, maxBodyLength: 17 * 1024 },
  'Content-Length': { headers: { 'Content-Length': 17 * 1024 } },
  'Content-Encoding': { headers: { 'Content-Encoding': 'gzip' } },
  'an early response': { url: '/early/200' },
  'an early HTTP 413': { url: '/early/413' },
  'a connection that is reset': { url: '/reset' },
  timeout: { url: '/drain', timeout: 80 },
};

const namesByFetch: (keyof typeof streams)[] = [
  'a stream of bytes',
  'a gzip stream',
  'a file',
  'an empty stream',
  'a stream that fails',
  'a file that does not exist',
];

const sentByFetch = Object.fromEntries(namesByFetch.map((name) => [name, streams[name]]));

const state = (stream: Readable) => ({
  isEnded: stream.readableEnded,
  isDestroyed: stream.destroyed,
  isAborted: stream.readableAborted,
});

export const uploads = topic(
  forEach(streams, '%s', (data) => byHttp(request(() => ({ method: 'post', data: data() })))),
  forEach(sentByFetch, '%s by fetch', (data) =>
    byFetch(request(() => ({ method: 'post', data: data() }))),
  ),
  forEach(options, 'an ended PassThrough with %s', (config) =>
    byHttp(
      request(() => ({ method: 'post', data: ended(new PassThrough(), kilobytes(17)), ...config })),
    ),
  ),
  forEach(options, 'an open stream with %s', (config) =>
    byHttp(
      request(() => ({
        method: 'put',
        data: Readable.from(later(kilobytes(8), kilobytes(9))),
        ...config,
      })),
    ),
  ),
  {
    'a gzip stream with onUploadProgress': byHttp(
      request(() => ({
        method: 'post',
        data: Readable.from([kilobytes(200)]).pipe(createGzip()),
        onUploadProgress: () => undefined,
      })),
    ),

    'a web stream': byFetch(
      request(() => ({ method: 'post', data: new Blob(['one', 'two']).stream() })),
    ),

    'a stream of 8 MB to a slow server': byHttp(
      request(() => ({ method: 'post', url: '/slow', data: Readable.from([kilobytes(8192)]) })),
    ),

    'a stream of 8 MB in pieces to a slow server': byHttp(
      request(() => ({
        method: 'post',
        url: '/slow',
        data: Readable.from(Array.from({ length: 128 }, () => kilobytes(64))),
        maxRedirects: 0,
      })),
    ),

    'a stream of 2 MB to a slow server by fetch': byFetch(
      request(() => ({ method: 'post', url: '/slow', data: Readable.from([kilobytes(2048)]) })),
    ),

    'a stream that fails before it is sent': byHttp(async ({ create }) => {
      const http = create();
      const data = new PassThrough();
      http.interceptors.request.use(async (config) => {
        setTimeout(() => data.destroy(new Error('too late')), 10);
        return Promise.resolve(config);
      });
      return outcome(http.post('/echo', data));
    }),

    'FormData of the form-data package with a stream': byHttp(
      request(() => {
        const data = new PackagedForm();
        data.append('file', Readable.from(['one ', 'two']), { filename: 'a.txt' });
        data.append('other', 'x');
        return { method: 'post', data };
      }),
    ),

    'FormData of the form-data package with a file that does not exist': newByHttp(
      request(() => {
        const data = new PackagedForm();
        data.append('file', createReadStream(`${__filename}.none`));
        return { method: 'post', data };
      }),
    ),

    'a stream that was read before, by fetch,': byFetch(async ({ create }) => {
      const data = Readable.from(['one']);
      await data.toArray();
      return outcome(create().post('/echo', data));
    }),
  },
  forEach(['http', 'fetch'] as const, 'a stream whose chunks the caller counts, by %s,', (by) => ({
    by,
    run: async ({ create }) => {
      const data = Readable.from(['one ', 'two ', 'three']);
      let count = 0;
      data.on('data', () => (count += 1));
      return [await outcome(create().post('/echo', data)), count];
    },
  })),
  {
    'an abort during a stream': byHttp(async ({ create, server }) => {
      const controller = new AbortController();
      const data = new PassThrough();
      data.write('first');
      const sent = outcome(create().post('/drain', data, { signal: controller.signal }));
      await server.arrived('/drain');
      controller.abort();
      return [await sent, state(data)];
    }),

    'a stream after it was sent': byHttp(async ({ create }) => {
      const data = Readable.from(later('one ', 'two'));
      await create().post('/echo', data);
      return state(data);
    }),

    'a stream after the request failed': byHttp(async ({ create }) => {
      const data = new PassThrough();
      data.write('first');
      const failed = await outcome(create().post('/drain', data, { timeout: 60 }));
      await wait(20);
      return [failed, state(data)];
    }),

    'the remainder of a stream after the request failed': byHttp(async ({ create }) => {
      const data = new PassThrough();
      data.write('first');
      await outcome(create().post('/drain', data, { timeout: 60 }));
      await wait(20);
      const rest: string[] = [];
      data.on('data', (chunk: Buffer) => rest.push(chunk.toString()));
      data.end('second');
      await wait(20);
      return rest;
    }),

    'a stream after maxBodyLength was exceeded': newByHttp(async ({ create }) => {
      const data = Readable.from(later(...Array.from({ length: 9 }, () => kilobytes(1))));
      const failed = await outcome(create().post('/drain', data, { maxBodyLength: 1500 }));
      await wait(20);
      return [failed, state(data), data.errored && shownError(data.errored as never)];
    }),

    'the events of a stream that its caller sees': byHttp(async ({ create }) => {
      const data = ended(new PassThrough(), kilobytes(17));
      const seen: string[] = [];
      for (const name of ['end', 'close', 'error']) data.on(name, () => seen.push(name));
      await create().post('/echo', data);
      await wait(10);
      return seen;
    }),
  },
);
