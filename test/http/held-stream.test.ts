import { ReadableStream } from 'node:stream/web';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { failedStream, heldStream } from '../../src/http/held-stream';

const { signal } = new AbortController();
const aborted = AbortSignal.abort();

/** A stream of chunks, and the reasons for which it was cancelled. */
function streamOf(...chunks: unknown[]) {
  const cancel = jest.fn();
  const pull = (controller: ReadableStreamDefaultController) => {
    const chunk = chunks.shift();
    if (chunk === undefined) controller.close();
    else controller.enqueue(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  };
  return { stream: new ReadableStream({ pull, cancel }, { highWaterMark: 0 }), cancel };
}

test('a held stream gives the same bytes, whenever the signal aborts', async () => {
  const turns = fc.nat({ max: 3 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string()), turns, turns, async (chunks, before, after) => {
      const holding = new AbortController();
      const held = heldStream(streamOf(...chunks).stream, 1000, holding.signal);
      for (let turn = 0; turn < before; turn++) await Promise.resolve();
      holding.abort();
      for (let turn = 0; turn < after; turn++) await Promise.resolve();
      expect(await text(held)).toBe(chunks.join(''));
    }),
  );
});

test('a stream is read before its held stream is read', async () => {
  let isRead = false;
  const pull = (controller: ReadableStreamDefaultController) => {
    isRead = true;
    controller.close();
  };
  heldStream(new ReadableStream({ pull }, { highWaterMark: 0 }), 3, signal);
  await nextTurn();
  expect(isRead).toBe(true);
});

test('after the signal aborts, a stream is read only when its held stream is read', async () => {
  const pull = jest.fn();
  heldStream(new ReadableStream({ pull }, { highWaterMark: 0 }), 3, aborted);
  await nextTurn();
  expect(pull).not.toHaveBeenCalled();
});

test('the held stream of a byte stream is a byte stream', async () => {
  const stream = new ReadableStream({
    type: 'bytes',
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode('ab'));
      controller.close();
    },
  });
  const reader = heldStream(stream, 3, signal).getReader({ mode: 'byob' });
  const { value } = await reader.read(new Uint8Array(9));
  expect(Buffer.from(value ?? []).toString()).toBe('ab');
});

test.each([[['ab']], [[]]])('a held stream of %j can be cancelled', async (chunks) => {
  const { stream, cancel } = streamOf(...chunks);
  await expect(heldStream(stream, 3, aborted).cancel()).resolves.toBeUndefined();
  expect(cancel).toHaveBeenCalledTimes(1);
});

test('a held stream is cancelled even while it waits for the next chunk', async () => {
  const cancel = jest.fn();
  const held = heldStream(new ReadableStream({ cancel }), 3, signal);
  await nextTurn();
  await held.cancel();
  expect(cancel).toHaveBeenCalledTimes(1);
});

test('a held stream gives the error of its source, and can be cancelled without an error', async () => {
  const error = new Error('cut');
  const failing = () => heldStream(failedStream(error), 3, signal);
  await expect(text(failing())).rejects.toBe(error);
  await expect(failing().cancel()).resolves.toBeUndefined();
});

test('a stream over the limit is cancelled, and its held stream fails', async () => {
  const { stream, cancel } = streamOf('ab', 'cd', 'ef');
  const held = heldStream(stream, 3, signal);
  await expect(text(held)).rejects.toMatchObject({ code: 'ERR_RESPONSE_TOO_LARGE' });
  await nextTurn();
  expect(cancel).toHaveBeenCalledTimes(1);
});

test('a stream over the limit whose cancel fails gives the same error', async () => {
  const cancel = jest.fn(() => Promise.reject(new Error('cancel')));
  const pull = (controller: ReadableStreamDefaultController) => {
    controller.enqueue(Buffer.from('abcd'));
  };
  const held = heldStream(new ReadableStream({ pull, cancel }), 3, signal);
  await expect(text(held)).rejects.toMatchObject({ code: 'ERR_RESPONSE_TOO_LARGE' });
  await nextTurn();
  expect(cancel).toHaveBeenCalledTimes(1);
});

test('a chunk that is not a Uint8Array is an error, as with fetch', async () => {
  await expect(text(heldStream(streamOf(5).stream, 3, signal))).rejects.toThrow(TypeError);
});
