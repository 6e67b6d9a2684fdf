import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Readable, Stream } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { startedStream, failureOf } from '../../src/http/streamed-body';

async function* generate(chunks: readonly unknown[]) {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

async function chunksOf(stream: unknown): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of stream as AsyncIterable<unknown>) chunks.push(chunk);
  return chunks;
}

const chunks = fc.array(fc.oneof(fc.string(), fc.uint8Array()));

test('a web stream or an async iterable gives the same chunks', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, async (given) => {
      expect(await chunksOf(startedStream(ReadableStream.from(given)))).toEqual(given);
      expect(await chunksOf(startedStream(generate(given)))).toEqual(given);
    }),
  );
});

test.each([
  ['text', 'a'],
  ['bytes', Buffer.from('a')],
  ['a list', ['a']],
  ['a stream of Node', Readable.from(['a'])],
])('%s is returned unchanged', (_what, body) => {
  expect(startedStream(body)).toBe(body);
});

test('a web stream that was read or has a reader is returned unchanged, so that the client refuses it', async () => {
  const locked = ReadableStream.from(['a']);
  locked.getReader();
  const read = ReadableStream.from(['a']);
  await chunksOf(read);
  for (const stream of [locked, read]) expect(startedStream(stream)).toBe(stream);
});

async function* generatorOver(stream: Readable) {
  yield* stream;
}

describe.each<[string, (stream: Readable) => unknown]>([
  ['a web stream', (stream) => ReadableStream.from(stream)],
  ['an async generator', generatorOver],
])('%s around a stream of Node', (_what, wrap) => {
  test('that fails before the first read gives the error at the first read', async () => {
    const stream = new Readable({ read: () => undefined });
    const started = startedStream(wrap(stream));
    await nextTurn();
    stream.destroy(new Error('Upstream'));
    await nextTurn();
    await expect(chunksOf(started)).rejects.toThrow('Upstream');
  });

  test('is asked for one chunk, and for the next one when it is read', async () => {
    const asked: number[] = [];
    const stream = new Readable({
      objectMode: true,
      highWaterMark: 1,
      read() {
        this.push(asked.push(asked.length));
      },
    });
    const iterator = (startedStream(wrap(stream)) as AsyncIterable<unknown>)[
      Symbol.asyncIterator
    ]();
    await nextTurn();
    expect(asked.length).toBeLessThanOrEqual(3);
    expect([await iterator.next(), await iterator.next()]).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
    ]);
    await iterator.return?.(undefined);
    expect(stream.destroyed).toBe(true);
  });
});

test('a web stream that fails between two reads can be cancelled', async () => {
  let source: ReadableStreamDefaultController | undefined;
  const stream = new ReadableStream({
    start: (controller) => {
      source = controller;
      controller.enqueue('a');
    },
  });
  const started = startedStream(stream) as ReadableStream;
  await nextTurn();
  source?.error(new Error('Upstream'));
  await expect(started.cancel()).resolves.toBeUndefined();
});

test('a web stream can be cancelled while it waits for its first chunk', async () => {
  const cancel = jest.fn();
  await (startedStream(new ReadableStream({ cancel })) as ReadableStream).cancel('reason');
  expect(cancel).toHaveBeenCalledWith('reason');
});

test('an iterator that cannot be ended early is left', async () => {
  const iterable = {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true }) }),
  };
  const started = startedStream(iterable) as AsyncIterator<unknown>;
  expect(await started.return?.('value')).toEqual({ done: true, value: 'value' });
});

test('a request of Node, and a stream without read, are watched, but not started', async () => {
  const request = new IncomingMessage(new Socket());
  const read = jest.spyOn(request, 'read');
  const failure = new Error('Upstream');
  for (const stream of [request, new Stream()]) {
    const failed = failureOf(stream);
    stream.emit('error', failure);
    await expect(failed).rejects.toBe(failure);
  }
  expect(read).not.toHaveBeenCalled();
});
