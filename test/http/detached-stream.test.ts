import { once } from 'node:events';
import { Duplex, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { detachedResponseBody } from '../../src/http/detached-stream';

const sanitize = (error: unknown) => new Error(`sanitised: ${(error as Error).message}`);

test('a body that is not a stream is returned as it is', () => {
  for (const body of ['text', { a: 1 }, undefined, null]) {
    expect(detachedResponseBody(body, sanitize)).toBe(body);
  }
});

describe('a Node stream', () => {
  test('arrives whole', async () => {
    const detached = detachedResponseBody(Readable.from(['a', 'b']), sanitize) as Readable;
    expect((await detached.toArray()).join('')).toBe('ab');
  });

  test('that is also writable ends when its readable side ends', async () => {
    const body = new Duplex({
      read() {
        this.push('a');
        this.push(null);
      },
      write: () => undefined,
    });
    const detached = detachedResponseBody(body, sanitize) as Readable;
    expect((await detached.toArray()).join('')).toBe('a');
  });

  test('ends with its sanitised error', async () => {
    const body = new Readable({ read: () => undefined });
    const detached = detachedResponseBody(body, sanitize) as Readable;
    body.destroy(new Error('reset'));
    await expect(detached.toArray()).rejects.toThrow('sanitised: reset');
  });

  test('that was already read is an error', async () => {
    const body = Readable.from(['a']);
    await body.toArray();
    const detached = detachedResponseBody(body, sanitize) as Readable;
    await expect(detached.toArray()).rejects.toThrow('already read');
  });

  test('is read only as fast as its reader reads, and arrives whole', async () => {
    let pushed = 0;
    const body = new Readable({
      read() {
        pushed += 1;
        this.push(pushed > 100 ? null : Buffer.alloc(16 * 1024));
      },
    });
    const detached = detachedResponseBody(body, sanitize) as Readable;
    for (let turns = 0; turns < 1000; turns += 1) await setImmediate();
    expect(pushed).toBeLessThan(20);
    expect(Buffer.concat(await detached.toArray())).toHaveLength(100 * 16 * 1024);
  });

  test('is shown by no event of the stream that is returned', async () => {
    const shown: unknown[] = [];
    const body = Readable.from(['a']);
    const detached = detachedResponseBody(body, sanitize) as Readable;
    for (const event of ['pipe', 'unpipe']) detached.on(event, (source) => shown.push(source));
    await detached.toArray();
    expect(shown).toEqual([]);
  });

  test('is cancelled when its reader cancels', async () => {
    const body = new Readable({ read: () => undefined });
    (detachedResponseBody(body, sanitize) as Readable).destroy();
    await once(body, 'close');
    expect(body.destroyed).toBe(true);
  });
});

describe('a web stream', () => {
  const read = async (stream: unknown) => {
    const chunks: unknown[] = [];
    for await (const chunk of stream as ReadableStream) chunks.push(chunk);
    return chunks;
  };

  test('arrives whole', async () => {
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue('a');
        controller.enqueue('b');
        controller.close();
      },
    });
    expect(await read(detachedResponseBody(body, sanitize))).toEqual(['a', 'b']);
  });

  test('ends with its sanitised error', async () => {
    const body = new ReadableStream({
      pull: () => {
        throw new Error('reset');
      },
    });
    await expect(read(detachedResponseBody(body, sanitize))).rejects.toThrow('sanitised: reset');
  });

  test('is cancelled when its reader cancels', async () => {
    const cancel = jest.fn();
    const body = new ReadableStream({ cancel });
    await (detachedResponseBody(body, sanitize) as ReadableStream).cancel('enough');
    expect(cancel).toHaveBeenCalledWith('enough');
  });

  test('that fails between two reads can be cancelled', async () => {
    let source: ReadableStreamDefaultController | undefined;
    const body = new ReadableStream({
      start: (controller) => {
        source = controller;
        controller.enqueue('a');
      },
    });
    const reader = (detachedResponseBody(body, sanitize) as ReadableStream).getReader();
    expect(await reader.read()).toEqual({ done: false, value: 'a' });
    source?.error(new Error('reset'));
    await expect(reader.cancel()).resolves.toBeUndefined();
  });

  test('from another library may have an empty chunk of bytes', async () => {
    const chunks = [new Uint8Array(), new Uint8Array([1]), undefined];
    const body = {
      getReader: () => ({
        read: () => {
          const value = chunks.shift();
          return Promise.resolve({ done: value === undefined, value });
        },
        releaseLock: () => undefined,
      }),
      cancel: () => Promise.resolve(),
    };
    expect(await read(detachedResponseBody(body, sanitize))).toEqual([new Uint8Array([1])]);
  });
});
