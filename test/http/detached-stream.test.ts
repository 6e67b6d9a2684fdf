import { once } from 'node:events';
import { Duplex, Readable } from 'node:stream';
import { detachedResponseBody } from '../../src/http/detached-stream';

const clean = (error: unknown) => new Error(`clean: ${(error as Error).message}`);

test('a body that is no stream stays what it is', () => {
  for (const body of ['text', { a: 1 }, undefined, null]) {
    expect(detachedResponseBody(body, clean)).toBe(body);
  }
});

describe('a stream of Node', () => {
  test('arrives whole', async () => {
    const detached = detachedResponseBody(Readable.from(['a', 'b']), clean) as Readable;
    expect((await detached.toArray()).join('')).toBe('ab');
  });

  test('that can be written to as well ends with what it reads', async () => {
    const body = new Duplex({
      read() {
        this.push('a');
        this.push(null);
      },
      write: () => undefined,
    });
    const detached = detachedResponseBody(body, clean) as Readable;
    expect((await detached.toArray()).join('')).toBe('a');
  });

  test('ends with its error, cleaned', async () => {
    const body = new Readable({ read: () => undefined });
    const detached = detachedResponseBody(body, clean) as Readable;
    body.destroy(new Error('reset'));
    await expect(detached.toArray()).rejects.toThrow('clean: reset');
  });

  test('is given up when its reader gives up', async () => {
    const body = new Readable({ read: () => undefined });
    (detachedResponseBody(body, clean) as Readable).destroy();
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
    expect(await read(detachedResponseBody(body, clean))).toEqual(['a', 'b']);
  });

  test('that can be written to as well ends with what it reads', async () => {
    const body = new Duplex({
      read() {
        this.push('a');
        this.push(null);
      },
      write: () => undefined,
    });
    const detached = detachedResponseBody(body, clean) as Readable;
    expect((await detached.toArray()).join('')).toBe('a');
  });

  test('ends with its error, cleaned', async () => {
    const body = new ReadableStream({
      pull: () => {
        throw new Error('reset');
      },
    });
    await expect(read(detachedResponseBody(body, clean))).rejects.toThrow('clean: reset');
  });

  test('is given up when its reader gives up', async () => {
    const cancel = jest.fn();
    const body = new ReadableStream({ cancel });
    await (detachedResponseBody(body, clean) as ReadableStream).cancel('enough');
    expect(cancel).toHaveBeenCalledWith('enough');
  });

  test('of bytes, by another library, may give an empty chunk', async () => {
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
    expect(await read(detachedResponseBody(body, clean))).toEqual([new Uint8Array([1])]);
  });
});
