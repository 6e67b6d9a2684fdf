import { once } from 'node:events';
import { PassThrough, Readable, Stream } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import axios from 'axios';
import fc from 'fast-check';
import FormData from 'form-data';
import { Minipass } from 'minipass';
import { attachAuth, AuthInjector } from '../../src';
import { tracksDestinations, Upload } from '../../src/http/upload';
import { failStream, slowInjector } from '../support/failing-streams';
import { startServer } from '../support/server';

const sanitize = (error: unknown) =>
  error instanceof Error ? new Error(`sanitised: ${error.message}`) : error;

test('tracksDestinations is true for a readable stream, and false for an old Stream or another value', () => {
  for (const body of ['text', { pipe: 1 }, undefined, null, new Stream()]) {
    expect(tracksDestinations(body)).toBe(false);
  }
  expect(tracksDestinations(new FormData())).toBe(false);
  expect(tracksDestinations(new PassThrough())).toBe(true);
  expect(tracksDestinations(new Minipass())).toBe(true);
});

test('every chunk arrives unchanged, whenever it is read', async () => {
  const chunk = fc.oneof(fc.string(), fc.uint8Array());
  await fc.assert(
    fc.asyncProperty(fc.array(chunk), fc.nat(3), async (chunks, turns) => {
      const upload = new Upload(Readable.from(chunks));
      for (let count = 0; count < turns; count += 1) await turn();
      expect(await upload.detached(sanitize).toArray()).toEqual(chunks);
    }),
  );
});

test('a stream that ended and closed before it is read arrives whole', async () => {
  const source = new PassThrough();
  source.end(Buffer.alloc(17 * 1024, 'ab'));
  const upload = new Upload(source);
  await turn();
  expect(Buffer.concat(await upload.detached(sanitize).toArray())).toHaveLength(17 * 1024);
});

test('a stream of the package minipass arrives whole, and fails as a stream of Node does', async () => {
  const whole = new Minipass<string>({ encoding: 'utf8' });
  const chunks = new Upload(whole as unknown as Readable).detached(sanitize).toArray();
  whole.write('first');
  whole.end('last');
  expect((await chunks).join('')).toBe('firstlast');
  const failing = new Minipass<string>({ encoding: 'utf8' });
  const failed = new Upload(failing as unknown as Readable).detached(sanitize).toArray();
  failing.write('first');
  failing.emit('error', new Error('mine'));
  await expect(failed).rejects.toThrow('mine');
});

test('a stream that has already been read ends at once', async () => {
  const source = Readable.from(['gone']);
  await source.toArray();
  expect(await new Upload(source).detached(sanitize).toArray()).toEqual([]);
});

test.each<[string, () => PassThrough]>([
  ['of Node', () => new PassThrough()],
  ['of the package minipass', () => new Minipass() as unknown as PassThrough],
])(
  'the caller’s stream, one %s, has no reference to the stream that is sent',
  async (_kind, create) => {
    const source = create();
    const detached = new Upload(source).detached(sanitize);
    const destination = detached.pipe(new PassThrough());
    source.write('first');
    await once(destination, 'readable');
    const seen = new Set<unknown>([source]);
    for (const value of seen) {
      if (typeof value !== 'object' || value === null) continue;
      for (const key of Reflect.ownKeys(value)) seen.add(Reflect.get(value, key));
    }
    expect(seen.has(detached)).toBe(false);
    expect(seen.has(destination)).toBe(false);
  },
);

test.each([
  ['before it is read', true],
  ['after it is read', false],
])(
  'an error of the caller’s stream %s is the error of the stream that is sent',
  async (_when, isEarly) => {
    const source = new PassThrough();
    const upload = new Upload(source);
    const read = async () => upload.detached(sanitize).toArray();
    if (isEarly) {
      source.destroy(new Error('reset'));
      await turn();
      await expect(read()).rejects.toThrow('reset');
    } else {
      const reading = read();
      setImmediate(() => source.destroy(new Error('reset')));
      await expect(reading).rejects.toThrow('reset');
    }
  },
);

test('destroying the caller’s stream destroys the stream that is sent, without an error', async () => {
  const source = new PassThrough();
  const detached = new Upload(source).detached(sanitize);
  detached.resume();
  source.destroy();
  await once(detached, 'close');
  expect(detached.readableEnded).toBe(false);
});

test('destroying the stream that is sent destroys the caller’s stream, with a sanitised error', async () => {
  const source = new PassThrough();
  const detached = new Upload(source).detached(sanitize);
  detached.on('error', () => undefined).destroy(new Error('with a secret'));
  const [error] = (await once(source, 'error')) as [Error];
  expect(error.message).toBe('sanitised: with a secret');
});

test('the stream that is sent does not destroy a caller’s stream that has ended', async () => {
  const source = new PassThrough({ autoDestroy: false });
  source.end('all');
  await new Upload(source).detached(sanitize).toArray();
  expect(source.destroyed).toBe(false);
});

test('the caller’s stream is unpiped when the stream that is sent is unpiped from its request', async () => {
  const source = new PassThrough();
  const detached = new Upload(source).detached(sanitize);
  const destination = detached.pipe(new PassThrough());
  detached.unpipe(destination);
  source.end('rest');
  expect((await source.toArray()).join('')).toBe('rest');
});

test('a web stream around a Node stream that fails while a credential is awaited does not end the process', async () => {
  const stream = new Readable({ read: () => undefined });
  const server = await startServer((_request, response) => response.end());
  const http = axios.create({ adapter: 'fetch' });
  attachAuth(
    http,
    slowInjector(server.origin, () => failStream(stream)),
  );
  const sent = http.post(server.origin, ReadableStream.from(stream));
  await expect(sent).rejects.toMatchObject({ code: 'ERR_NETWORK' });
  await server.close();
});

test('a web stream is cancelled if the request is not sent', async () => {
  const provider = () => Promise.reject(new Error('Unavailable'));
  const http = axios.create({ adapter: 'fetch' });
  attachAuth(http, new AuthInjector(provider));
  const cancel = jest.fn();
  const body = new ReadableStream({
    pull: (source) => {
      source.enqueue('');
    },
    cancel,
  });
  const sent = http.post('https://api.nexmo.com/v1/calls', body);
  await expect(sent).rejects.toMatchObject({ code: 'ERR_PROVIDER_FAILED' });
  await turn();
  await turn();
  expect(cancel).toHaveBeenCalledTimes(1);
});

test('a web stream is not touched if the config is refused', async () => {
  const http = axios.create({ adapter: 'fetch' });
  attachAuth(
    http,
    slowInjector('https://api.nexmo.com', () => Promise.resolve()),
  );
  const stream = new ReadableStream();
  const sent = http.post('https://api.nexmo.com/v1/calls', stream, { socketPath: '/run/socket' });
  await expect(sent).rejects.toMatchObject({ code: 'ERR_HOST_NOT_ALLOWED' });
  expect(stream.locked).toBe(false);
});
