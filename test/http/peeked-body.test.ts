import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ReadableStream } from 'node:stream/web';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { PeekedBody } from '../../src/http/peeked-body';
import { failOnUnhandledRejections } from '../support/unhandled-rejections';
import { runs } from '../support/runs';

failOnUnhandledRejections();

type Chunks = readonly Uint8Array[];
type Made = { body: ConstructorParameters<typeof PeekedBody>[0]; isCancelled: () => boolean };

/** A stream of these chunks. It fails after them if there is an error, or else never ends if it is endless. */
type Make = (chunks: Chunks, end?: { error?: Error; isEndless?: true }) => Made;

const web =
  (type?: 'bytes'): Make =>
  (chunks, { error, isEndless } = {}) => {
    let isCancelled = false;
    const left = chunks.filter(({ length }) => type === undefined || length > 0);
    const next = left.values();
    const source = {
      type,
      pull(controller: ReadableStreamDefaultController<unknown>) {
        const { done, value } = next.next();
        if (done !== true) controller.enqueue(Uint8Array.from(value));
        else if (error) controller.error(error);
        else if (isEndless !== true) controller.close();
      },
      cancel() {
        isCancelled = true;
      },
    } as object;
    return { body: new ReadableStream(source), isCancelled: () => isCancelled };
  };

const node: Make = (chunks, { error, isEndless } = {}) => {
  const next = chunks.values();
  const body = new Readable({
    read() {
      const { done, value } = next.next();
      if (done !== true) this.push(value);
      else if (error) this.destroy(error);
      else if (isEndless !== true) this.push(null);
    },
  });
  return { body, isCancelled: () => body.destroyed };
};

const kinds: [string, Make][] = [
  ['a web stream', web()],
  ['a byte stream', web('bytes')],
  ['a Node stream', node],
];

const read = (stream: unknown) => buffer(stream as Readable);
const bytes = (...lengths: number[]) => lengths.map((length, index) => Buffer.alloc(length, index));
const chunksOf = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 });

describe.each(kinds)('the body of %s', (_kind, make) => {
  test('is the same after the head was read, for any chunks and limit', async () => {
    await fc.assert(
      fc.asyncProperty(chunksOf, fc.nat({ max: 100 }), async (chunks, limit) => {
        const whole = Buffer.concat(chunks);
        const peeked = new PeekedBody(make(chunks).body);
        const head = await read(peeked.head(limit));
        expect(peeked.isWhole).toBe(whole.length <= limit);
        expect(await read(peeked.after(head))).toEqual(whole);
      }),
      { numRuns: runs(200) },
    );
  });

  test('is read only up to the limit', async () => {
    const { body } = make(bytes(10, 10, 10), { isEndless: true });
    const peeked = new PeekedBody(body);
    expect(await read(peeked.head(19))).toEqual(Buffer.concat(bytes(10, 10)));
    expect(peeked.isWhole).toBe(false);
  });

  test('is cancelled if the caller cancels what follows the head', async () => {
    const { body, isCancelled } = make(bytes(10, 10, 10), { isEndless: true });
    const peeked = new PeekedBody(body);
    const after = peeked.after(await read(peeked.head(5)));
    const iterator = (after as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.return?.();
    expect(isCancelled()).toBe(true);
  });

  test('gives its error to the caller if it fails after the head', async () => {
    const error = new Error('broken off');
    const peeked = new PeekedBody(make(bytes(10, 10, 10), { error }).body);
    const after = peeked.after(await read(peeked.head(5)));
    await expect(read(after)).rejects.toBe(error);
  });

  test('gives its error to the caller if it fails in the head', async () => {
    const error = new Error('broken off');
    const peeked = new PeekedBody(make(bytes(10), { error }).body);
    await expect(read(peeked.head(100))).rejects.toThrow();
    await expect(read(peeked.failed(new Error('of the client')))).rejects.toBe(error);
  });

  test('is cancelled if the client gives up reading the head', async () => {
    const { body, isCancelled } = make(bytes(10), { isEndless: true });
    const peeked = new PeekedBody(body);
    await (peeked.head(5) as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]().next();
    const error = new Error('timeout');
    await expect(read(peeked.failed(error))).rejects.toBe(error);
    await nextTurn();
    expect(isCancelled()).toBe(true);
  });
});
