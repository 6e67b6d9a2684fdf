import { once } from 'node:events';
import { get, IncomingMessage } from 'node:http';
import axios from 'axios';
import { encodingsOf, leaksIn } from './leaks';
import { startServer } from './server';

const secret = 'aB3$xY7/kL9 zQ1';
const hidden = (value: unknown) => Object.defineProperty({}, 'field', { value, enumerable: false });

describe('the search for leaks finds a secret', () => {
  test.each<[string, unknown]>([
    ['in a text', `before ${secret} after`],
    ['percent-encoded', `?s=${encodeURIComponent(secret)}`],
    ['form-encoded', new URLSearchParams({ secret }).toString()],
    ['in base64 at the start', Buffer.from(`${secret}xyz`).toString('base64')],
    ['in base64, one byte after the start', Buffer.from(`1${secret}xyz`).toString('base64')],
    [
      'in base64url, two bytes after the start',
      Buffer.from(`12${secret}xyz`).toString('base64url'),
    ],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
    ['in UTF-16', Buffer.from(secret, 'utf16le')],
    ['in bytes', new Uint8Array(Buffer.from(secret))],
    ['in a hidden field', hidden(secret)],
    ['under a symbol', { [Symbol('s')]: secret }],
    ['as the name of a field', { [secret]: 1 }],
    ['in a map', new Map([['key', { deep: [secret] }]])],
    ['in the field of a function', Object.assign(() => 0, { secret })],
    ['behind an accessor', new URL(`https://host.test/?s=${encodeURIComponent(secret)}`)],
    ['in the message of a cause', new Error('outer', { cause: new Error(secret) })],
    ['in a prototype', Object.create({ secret }) as unknown],
    ['in a field of the class of an object', Object.create({ constructor: { secret } }) as unknown],
    ['in JSON only', { toJSON: () => secret }],
  ])('%s', (_place, value) => {
    expect(leaksIn(value, [secret])).not.toEqual([]);
  });
});

test('the search for leaks finds nothing in a value without secrets', () => {
  expect(leaksIn({ a: [1, 'text', new Map([[1, null]])] }, [secret])).toEqual([]);
  expect(encodingsOf(secret).every((text) => text.length >= 4)).toBe(true);
});

test('the search for leaks in a raw error of axios changes no prototype, so later messages have headers', async () => {
  const server = await startServer((_request, response) => response.writeHead(401).end());
  try {
    const before = Reflect.ownKeys(IncomingMessage.prototype);
    const error: unknown = await axios
      .get(server.origin, { headers: { 'X-Key': secret } })
      .catch((cause: unknown) => cause);
    expect(leaksIn(error, [secret])).not.toEqual([]);
    expect(Reflect.ownKeys(IncomingMessage.prototype)).toEqual(before);

    const [message] = (await once(get(server.origin), 'response')) as [IncomingMessage];
    message.resume();
    expect(message.headers).toHaveProperty('date');
  } finally {
    await server.close();
  }
});
