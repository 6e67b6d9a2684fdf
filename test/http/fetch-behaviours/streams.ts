import { PassThrough, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Behaviour, World } from './server';
import { any, answerOf, errorOf, exchange, headOf, outcomeOf, outcomeOfCall } from './observe';

type Make = () => unknown;

const encoder = new TextEncoder();

const uploads: readonly (readonly [string, Make])[] = [
  ['a stream', () => ReadableStream.from([encoder.encode('a'), encoder.encode('b')])],
  [
    'a stream of bytes',
    () =>
      new ReadableStream({
        type: 'bytes',
        start: (controller) => {
          controller.enqueue(encoder.encode('bytes'));
          controller.close();
        },
      }),
  ],
  ['an empty stream', () => ReadableStream.from([])],
  [
    'a stream with empty chunks',
    () => ReadableStream.from([new Uint8Array(), encoder.encode('a')]),
  ],
  ['a stream of strings (fetch refuses it)', () => ReadableStream.from(['text'])],
  ['a stream of numbers (fetch refuses it)', () => ReadableStream.from([1])],
  [
    'a stream that fails',
    () =>
      new ReadableStream({
        pull: (controller) => {
          controller.error(new RangeError('mine'));
        },
      }),
  ],
  [
    'a large stream',
    () => ReadableStream.from(Array.from({ length: 50 }, () => new Uint8Array(20_000))),
  ],
  ['a Node stream', () => Readable.from([Buffer.from('node')])],
  ['a PassThrough that has ended', () => new PassThrough().end('x'.repeat(17_000))],
  ['a gzip stream', () => Readable.from(['text']).pipe(createGzip())],
  [
    'a generator',
    () =>
      (async function* () {
        yield encoder.encode('a');
        await Promise.resolve();
        yield encoder.encode('b');
      })(),
  ],
  [
    'a generator that fails',
    () =>
      (async function* () {
        yield encoder.encode('a');
        await Promise.resolve();
        throw new RangeError('mine');
      })(),
  ],
  ['the body of a Response', () => new Response('response').body],
  ['the stream of a Blob', () => new Blob(['blob']).stream()],
  [
    'a transformed stream',
    () => new Blob(['blob']).stream().pipeThrough(new CompressionStream('deflate')),
  ],
  [
    'a stream that is locked',
    () => {
      const stream = new Blob(['blob']).stream();
      stream.getReader();
      return stream;
    },
  ],
];

type Use = (body: ReadableStream<Uint8Array>, response: Response) => Promise<unknown>;

const text = (chunk: Uint8Array | undefined) => chunk && Buffer.from(chunk).toString();

async function all(stream: ReadableStream<Uint8Array>): Promise<string> {
  const chunks = [];
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const downloads: readonly (readonly [string, string, Use])[] = [
  ['a for await loop', 'chunks', (body) => all(body)],
  [
    'a read of each chunk',
    'chunks',
    async (body) => {
      const reader = body.getReader();
      const first = await reader.read();
      return [first.done, first.value?.constructor.name];
    },
  ],
  [
    'a reader that reads to the end',
    'bytes/3',
    async (body) => {
      const reader = body.getReader();
      const { value } = await reader.read();
      const end = await reader.read();
      await reader.closed;
      return [text(value), end];
    },
  ],
  [
    'a reader that releases its lock',
    'bytes/3',
    async (body) => {
      body.getReader().releaseLock();
      return [body.locked, await all(body)];
    },
  ],
  [
    'two readers',
    'bytes/3',
    async (body) => {
      body.getReader();
      return outcomeOfCall(() => body.getReader());
    },
  ],
  [
    'a BYOB reader',
    'bytes/3',
    async (body) => {
      const reader = body.getReader({ mode: 'byob' });
      const first = await reader.read(new Uint8Array(2));
      const second = await reader.read(new Uint8Array(8));
      const { done, value } = await reader.read(new Uint8Array(8));
      return [text(first.value), text(second.value), done, value?.byteLength];
    },
  ],
  [
    'a BYOB reader with a DataView',
    'bytes/3',
    async (body) => {
      const reader = body.getReader({ mode: 'byob' });
      const { value } = await reader.read(new DataView(new ArrayBuffer(2)));
      return [value?.constructor.name, value?.byteLength];
    },
  ],
  [
    'a BYOB reader of an empty body',
    'bytes/0',
    async (body) => {
      const { done } = await body.getReader({ mode: 'byob' }).read(new Uint8Array(2));
      return done;
    },
  ],
  [
    'a BYOB reader of a cut body',
    'cut',
    async (body) => {
      const reader = body.getReader({ mode: 'byob' });
      const { value } = await reader.read(new Uint8Array(8));
      return [text(value), await outcomeOf(reader.read(new Uint8Array(8)))];
    },
  ],
  [
    'tee',
    'chunks',
    async (body) => {
      const [one, other] = body.tee();
      return [await all(one), await all(other), body.locked];
    },
  ],
  [
    'tee and BYOB',
    'bytes/3',
    async (body) => {
      const [one, other] = body.tee();
      const { value } = await one.getReader({ mode: 'byob' }).read(new Uint8Array(2));
      return [text(value), await all(other)];
    },
  ],
  [
    'pipeTo',
    'chunks',
    async (body, response) => {
      const parts: string[] = [];
      await body.pipeTo(
        new WritableStream({ write: (chunk: Uint8Array) => void parts.push(String(text(chunk))) }),
      );
      return [parts.join(''), response.bodyUsed, body.locked];
    },
  ],
  [
    'pipeThrough',
    'chunks',
    async (body) => {
      const decoded = body.pipeThrough(
        any(new TextDecoderStream()),
      ) as unknown as AsyncIterable<string>;
      let whole = '';
      for await (const part of decoded) whole += part;
      return whole;
    },
  ],
  [
    'Readable.fromWeb',
    'chunks',
    async (body) => {
      const parts = [];
      for await (const part of Readable.fromWeb(any(body))) parts.push(part as Buffer);
      return Buffer.concat(parts).toString();
    },
  ],
  [
    'cancel',
    'hang',
    async (body, response) => {
      await body.cancel('enough');
      return [response.bodyUsed, body.locked];
    },
  ],
  [
    'a cancel after a chunk',
    'hang',
    async (body) => {
      const reader = body.getReader();
      const { value } = await reader.read();
      await reader.cancel('enough');
      return [text(value), await reader.read()];
    },
  ],
  [
    'a break out of for await',
    'hang',
    async (body) => {
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>)
        return [text(chunk), body.locked];
      return undefined;
    },
  ],
  [
    'a cut body',
    'cut-chunked',
    async (body) => {
      const reader = body.getReader();
      const { value } = await reader.read();
      return [text(value), await outcomeOf(reader.read()), await outcomeOf(reader.closed)];
    },
  ],
  ['a decompressed body', 'coded/gzip', (body) => all(body)],
  ['a body with an invalid coding', 'coded-broken', (body) => outcomeOf(all(body))],
  [
    'bodyUsed before and after a read',
    'bytes/3',
    async (body, response) => {
      const before = response.bodyUsed;
      const reader = body.getReader();
      const locked = response.bodyUsed;
      await reader.read();
      return [before, locked, response.bodyUsed];
    },
  ],
  [
    'the ArrayBuffer of each chunk',
    'bytes/3',
    async (body) => {
      const { value } = await body.getReader().read();
      return [value?.byteOffset, value?.buffer.byteLength];
    },
  ],
];

type Clone = (response: Response, world: World) => Promise<unknown>;

const clones: readonly (readonly [string, string, Clone])[] = [
  [
    'a read of the response and its clone',
    'chunks',
    async (response) => {
      const clone = response.clone();
      return [await response.text(), await clone.text()];
    },
  ],
  [
    'a concurrent read of the response and its clone',
    'bytes/100000',
    async (response) => {
      const clone = response.clone();
      const texts = await Promise.all([response.text(), clone.text()]);
      return texts.map(({ length }) => length);
    },
  ],
  [
    'the header fields of a clone',
    'cookies',
    async (response) => [headOf(response.clone()), await answerOf(response)],
  ],
  [
    'its url, redirected and type',
    'json',
    async (response) => {
      const { url, redirected, type, status, ok } = response.clone();
      await response.text();
      return { url, redirected, type, status, ok };
    },
  ],
  ['the clone of a clone', 'json', async (response) => answerOf(response.clone().clone())],
  [
    'the class of a clone',
    'json',
    (response, { Response }) => Promise.resolve(response.clone() instanceof Response),
  ],
  [
    'a clone after a read',
    'json',
    async (response) => {
      await response.text();
      return outcomeOfCall(() => response.clone());
    },
  ],
  [
    'a clone of a locked response',
    'json',
    async (response) => {
      response.body?.getReader();
      return outcomeOfCall(() => response.clone());
    },
  ],
  ['a clone without a body', 'status/204', async (response) => answerOf(response.clone())],
  [
    'a clone with a status that the constructor refuses',
    'status/600',
    async (response) => answerOf(response.clone()),
  ],
  [
    'a set() of the headers of a clone',
    'json',
    async (response) =>
      outcomeOfCall(() => {
        response.clone().headers.set('a', 'b');
      }),
  ],
  [
    'a clone of a cut body',
    'cut',
    async (response) => {
      const clone = response.clone();
      return Promise.all([outcomeOf(response.text()), outcomeOf(clone.text())]);
    },
  ],
  [
    'a clone with a BYOB reader',
    'bytes/3',
    async (response) => {
      const { value } =
        (await response.clone().body?.getReader({ mode: 'byob' }).read(new Uint8Array(2))) ?? {};
      return text(value);
    },
  ],
];

export const streamBehaviours: Behaviour[] = [
  ...uploads.map(([name, make]): Behaviour => ({
    name: `upload: ${name}`,
    isLate: true,
    run: async (world) => {
      const init = any({ method: 'POST', body: make(), duplex: 'half' });
      const outcome = (await exchange(world, `${world.origin}/echo`, init)) as {
        answer: object;
      };
      // How much of a failed stream arrives is not deterministic.
      return 'error' in outcome.answer ? outcome.answer : outcome;
    },
  })),
  ...downloads.map(([name, path, use]): Behaviour => ({
    name: `download: ${name}`,
    run: async ({ fetch, origin }) => {
      const controller = new AbortController();
      const response = await fetch(`${origin}/${path}`, { signal: controller.signal });
      return outcomeOf(use(response.body as ReadableStream<Uint8Array>, response));
    },
  })),
  ...clones.map(([name, path, use]): Behaviour => ({
    name: `clone: ${name}`,
    run: async (world) => outcomeOf(use(await world.fetch(`${world.origin}/${path}`), world)),
  })),
  {
    name: 'download: a read after an abort',
    run: async ({ fetch, origin }) => {
      const controller = new AbortController();
      const response = await fetch(`${origin}/hang`, { signal: controller.signal });
      const reader = response.body?.getReader();
      await reader?.read();
      const pending = outcomeOf(Promise.resolve(reader?.read()));
      controller.abort();
      return [await pending, await reader?.closed.catch(errorOf)];
    },
  },
];
