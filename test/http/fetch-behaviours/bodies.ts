import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Behaviour, World } from './server';
import { any, exchange } from './observe';

type Make = (world: World) => unknown;

const bytes = Uint8Array.from([0, 1, 0x7f, 0x80, 0xff, 0xc3, 0x28]);

function form(world: World): FormData {
  const data = new world.FormData();
  data.append('a', '1');
  data.append('a', 'ä\r\n"x"');
  data.append('file', new Blob(['content'], { type: 'text/x' }), 'näme".txt');
  return data;
}

const bodies: readonly (readonly [string, Make])[] = [
  ['a string', () => 'text'],
  ['a string beyond ASCII', () => 'ä € \u{1F600} \0'],
  ['a lone surrogate', () => 'a\uD800b'],
  ['a string that looks like a form', () => 'a=1&b=2'],
  ['a string that looks like JSON', () => '{"a":1}'],
  ['a byte-order mark', () => '\uFEFFa'],
  ['a number', () => 42],
  ['an object', () => ({ a: 1 })],
  ['an array', () => [1, 2]],
  ['true', () => true],
  ['a String object', () => new String('text')],
  ['a Date', () => new Date(0)],
  [
    'URLSearchParams',
    () =>
      new URLSearchParams([
        ['a', '1'],
        ['a', 'ä &=+'],
        ['', ''],
      ]),
  ],
  ['empty URLSearchParams', () => new URLSearchParams()],
  ['a Buffer', () => Buffer.from(bytes)],
  ['an empty Buffer', () => Buffer.alloc(0)],
  ['a Uint8Array', () => bytes],
  ['a part of a Uint8Array', () => new Uint8Array(bytes.buffer, 2, 3)],
  ['an ArrayBuffer', () => bytes.slice().buffer],
  ['a DataView', () => new DataView(bytes.buffer, 1, 4)],
  ['a Uint16Array', () => Uint16Array.of(1, 258)],
  ['a Blob', () => new Blob([bytes])],
  ['a Blob with a type', () => new Blob(['text'], { type: 'text/x; a=B' })],
  ['a Blob of JSON', () => new Blob(['{"a":"ä"}'], { type: 'application/json' })],
  ['a Blob of a form', () => new Blob(['a=1'], { type: 'application/x-www-form-urlencoded' })],
  ['an empty Blob', () => new Blob([])],
  ['a part of a Blob', () => new Blob(['0123456789'], { type: 'text/x' }).slice(2, 5)],
  ['FormData', form],
  ['empty FormData', ({ FormData }) => new FormData()],
  ['compressed bytes', () => gzipSync('{"a":1}')],
  ['a large string', () => 'x'.repeat(200_000)],
  ['a large Buffer', () => Buffer.alloc(1_000_000, 1)],
];

const types = [
  ...['application/json', 'application/json; charset=utf-16le', 'application/json;charset=UTF-8'],
  ...['application/x-www-form-urlencoded', 'text/plain', 'application/octet-stream', 'text/xml'],
  ...['multipart/form-data; boundary=mine', 'nonsense', '', 'APPLICATION/JSON', 'a/b, c/d'],
];

const post = (world: World, init: object) =>
  exchange(world, `${world.origin}/echo`, { method: 'POST', ...init });

export const bodyBehaviours: Behaviour[] = [
  ...bodies.map(([name, make]): Behaviour => ({
    name: `body: ${name}`,
    run: (world) => post(world, { body: any(make(world)) }),
  })),
  ...bodies
    .slice(0, 1)
    .concat(bodies.slice(12, 13), bodies.slice(14, 15), bodies.slice(24, 25), bodies.slice(27, 28))
    .map(([name, make]): Behaviour => ({
      name: `body: ${name} with the caller’s Content-Type`,
      run: (world) =>
        post(world, { body: any(make(world)), headers: { 'Content-Type': 'text/mine' } }),
    })),
  ...types.flatMap((type): Behaviour[] => [
    {
      name: `body: bytes that are not text as ${JSON.stringify(type)}`,
      run: (world) => post(world, { body: bytes, headers: { 'content-type': type } }),
    },
    {
      name: `body: a string as ${JSON.stringify(type)}`,
      run: (world) => post(world, { body: '{"a":"ä"}', headers: [['Content-Type', type]] }),
    },
  ]),
  ...['gzip', 'br', 'identity', 'aws-chunked'].map((coding): Behaviour => ({
    name: `body: compressed bytes with Content-Encoding ${coding}`,
    run: (world) =>
      post(world, {
        body: gzipSync('{"a":1}'),
        headers: { 'content-type': 'application/json', 'content-encoding': coding },
      }),
  })),
  {
    name: 'body: a correct Content-Length',
    run: (world) => post(world, { body: 'text', headers: { 'content-length': '4' } }),
  },
  {
    name: 'body: a wrong Content-Length',
    isLate: true,
    run: async (world) => {
      const { answer } = (await post(world, {
        body: 'text',
        headers: { 'content-length': '9' },
      })) as { answer: unknown };
      return answer;
    },
  },
  {
    name: 'body: a symbol',
    run: (world) => post(world, { body: any(Symbol('body')) }),
  },
  {
    name: 'body: an array of bytes that changes after the call',
    run: async (world) => {
      const body = Buffer.from('before');
      const pending = post(world, { body });
      body.fill('x');
      return pending;
    },
  },
  {
    name: 'body: a URLSearchParams that changes after the call',
    run: async (world) => {
      const body = new URLSearchParams('a=before');
      const pending = post(world, { body });
      body.set('a', 'after');
      return pending;
    },
  },
  {
    name: 'body: FormData that changes after the call',
    run: async (world) => {
      const body = form(world);
      const pending = post(world, { body });
      body.set('a', 'after');
      return pending;
    },
  },
  {
    name: 'body: an init that changes after the call',
    run: async (world) => {
      const init = { method: 'POST', body: 'before' };
      const pending = exchange(world, `${world.origin}/echo`, init);
      init.body = 'after';
      init.method = 'PUT';
      return pending;
    },
  },
  ...['POST', 'PUT'].flatMap((method): Behaviour[] => [
    {
      name: `body: a stream of a ${method}`,
      run: (world) =>
        post(world, { method, body: Readable.toWeb(Readable.from([bytes])), duplex: 'half' }),
    },
    {
      name: `body: a stream without duplex of a ${method}`,
      run: (world) => post(world, { method, body: Readable.toWeb(Readable.from([bytes])) }),
    },
  ]),
];
