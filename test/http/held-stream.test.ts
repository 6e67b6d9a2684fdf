import { ReadableStream } from 'node:stream/web';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { failedStream, heldStream } from '../../src/http/held-stream';

const { signal } = new AbortController();

/** A stream of chunks, and the reasons for which it was cancelled. */
function streamOf(...chunks: string[]) {
  const cancel = jest.fn();
  const pull = (controller: ReadableStreamDefaultController) => {
    const chunk = chunks.shift();
    if (chunk === undefined) controller.close();
    else controller.enqueue(Buffer.from(chunk));
  };
  return { stream: new ReadableStream({ pull, cancel }, { highWaterMark: 0 }), cancel };
}

test.each([[['ab', 'c']], [[]], [['']]])(
  'a held stream of %j gives the same bytes',
  async (chunks) => {
    const held = await heldStream(streamOf(...chunks).stream, 3, signal);
    expect(await text(held)).toBe(chunks.join(''));
  },
);

test('a held stream can be cancelled', async () => {
  const held = await heldStream(streamOf('ab').stream, 3, signal);
  await expect(held.cancel()).resolves.toBeUndefined();
});

test('a held stream gives the error of its source, and can be cancelled without an error', async () => {
  const error = new Error('cut');
  const failing = () => heldStream(failedStream(error), 3, signal);
  await expect(text(await failing())).rejects.toBe(error);
  await expect((await failing()).cancel()).resolves.toBeUndefined();
});

test('a stream over the limit is cancelled, and its held stream fails', async () => {
  const { stream, cancel } = streamOf('ab', 'cd', 'ef');
  const held = await heldStream(stream, 3, signal);
  expect(cancel).toHaveBeenCalledTimes(1);
  await expect(text(held)).rejects.toMatchObject({ code: 'ERR_RESPONSE_TOO_LARGE' });
});

test('a stream is cancelled after the next chunk if the signal aborts', async () => {
  const { stream, cancel } = streamOf('a', 'b', 'c');
  const controller = new AbortController();
  const holding = heldStream(stream, 3, controller.signal);
  controller.abort();
  await holding;
  await nextTurn();
  expect(cancel).toHaveBeenCalledTimes(1);
});
