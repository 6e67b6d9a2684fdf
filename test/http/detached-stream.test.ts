import { once } from 'node:events';
import { Duplex, Readable } from 'node:stream';
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
