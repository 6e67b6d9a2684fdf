import type { Behaviour, World } from './server';
import { any, exchange } from './observe';

type Make = (world: World) => unknown;

const accepted: readonly (readonly [string, Make])[] = [
  ['an object', () => ({ 'X-Trace': '1', accept: 'text/plain' })],
  [
    'an object without prototype',
    () => Object.assign(Object.create(null) as object, { 'x-a': '1' }),
  ],
  ['an object of a class', () => Object.assign(new TextEncoder(), { 'x-a': '1' })],
  ['an object with inherited fields', () => Object.create({ 'x-a': '1' }) as object],
  ['an empty object', () => ({})],
  [
    'pairs',
    () => [
      ['X-Trace', '1'],
      ['x-b', '2'],
    ],
  ],
  [
    'pairs with a name twice',
    () => [
      ['X-A', '1'],
      ['x-a', '2'],
    ],
  ],
  ['no pairs', () => []],
  ['pairs from a generator', () => new Map([['x-a', '1']]).entries()],
  ['a Map', () => new Map([['X-A', '1']])],
  ['pairs that are sets', () => [new Set(['x-a', '1'])]],
  ['URLSearchParams', () => new URLSearchParams({ 'x-a': '1' })],
  ['Headers', ({ Headers }) => new Headers({ 'X-Trace': '1', b: '2' })],
  [
    'Headers with a name twice',
    ({ Headers }) =>
      new Headers([
        ['X-A', '1'],
        ['x-a', '2'],
      ]),
  ],
  [
    'Headers of a Response',
    ({ Response }) => new Response('', { headers: { 'X-A': '1' } }).headers,
  ],
  ['names that differ in case', () => ({ 'X-A': '1', 'x-a': '2' })],
  ['values with spaces around', () => ({ 'x-a': ' \t1 2\t ' })],
  ['an empty value', () => ({ 'x-a': '' })],
  ['values of other types', () => ({ 'x-a': 1, 'x-b': true, 'x-c': null, 'x-d': undefined })],
  ['values that are arrays', () => ({ 'x-a': ['1', '2'] })],
  ['values in Latin-1', () => ({ 'x-a': 'ä' })],
  ['names that are numbers', () => ({ 1: 'a' })],
  ['an Accept', () => ({ Accept: 'application/json' })],
  ['an Accept-Language', () => ({ 'accept-language': 'de' })],
  ['an Accept-Encoding', () => ({ 'accept-encoding': 'identity' })],
  ['a User-Agent', () => ({ 'user-agent': 'mine/1' })],
  ['a Cookie', () => ({ cookie: 'a=1; b=2' })],
  ['a Referer', () => ({ referer: 'https://elsewhere.test/' })],
  ['a Date', () => ({ date: 'Tue, 15 Nov 1994 08:12:31 GMT' })],
  ['a Cache-Control', () => ({ 'cache-control': 'max-age=0' })],
  ['an If-None-Match', () => ({ 'if-none-match': '"x"' })],
  ['a Range', () => ({ range: 'bytes=0-3' })],
  ['Sec- and Proxy- names', () => ({ 'sec-x': '1', 'proxy-x': '2' })],
  ['a Connection', () => ({ connection: 'close' })],
  ['a Content-Type without a body', () => ({ 'Content-Type': 'text/x' })],
  [
    '60 headers',
    () => Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`x-${i}`, String(i)])),
  ],
];

const refused: readonly (readonly [string, Make])[] = [
  ['a space in a name', () => ({ 'x a': '1' })],
  ['an empty name', () => ({ '': '1' })],
  ['a name beyond ASCII', () => ({ ä: '1' })],
  ['a symbol for a name', () => ({ [Symbol('name')]: '1' })],
  ['a pair of one element', () => [['x-a']]],
  ['a pair of three elements', () => [['x-a', '1', '2']]],
  ['a list of strings', () => ['x-a']],
  ['a symbol for a value', () => ({ 'x-a': Symbol('value') })],
  ['a Transfer-Encoding', () => ({ 'transfer-encoding': 'chunked' })],
  ['a Keep-Alive', () => ({ 'keep-alive': 'x' })],
  ['an Upgrade', () => ({ upgrade: 'websocket' })],
  ['an Expect', () => ({ expect: '100-continue' })],
];

const invalidValues: readonly (readonly [string, Make])[] = [
  ['a line break in a value', () => ({ 'x-a': 'a\r\nb: c' })],
  ['a NUL in a value', () => ({ 'x-a': 'a\0' })],
  ['a value beyond Latin-1', () => ({ 'x-a': '€' })],
];

const notTaken: readonly unknown[] = [null, 'x-a: 1', 42, true];

const send = (headers: Make) => (world: World) =>
  exchange(world, `${world.origin}/echo`, { headers: any(headers(world)) });

export const headerBehaviours: Behaviour[] = [
  ...accepted.map(([name, make]) => ({ name: `headers: ${name}`, run: send(make) })),
  ...refused.map(([name, make]) => ({ name: `invalid headers: ${name}`, run: send(make) })),
  ...invalidValues.map(([name, make]) => ({
    name: `invalid headers: ${name}`,
    run: send(make),
    differs: 'unrecognised' as const,
  })),
  ...notTaken.map((value) => ({
    name: `invalid headers: ${JSON.stringify(value)}`,
    run: send(() => value),
    differs: 'unrecognised',
  })),
  {
    name: 'headers: an Authorization',
    run: send(() => ({ authorization: 'Bearer mine' })),
    differs: 'credential-present',
  },
  {
    name: 'headers: a Host of another URL',
    run: async (world) => {
      const { answer } = (await send(() => ({ host: 'elsewhere.test' }))(world)) as {
        answer: object;
      };
      return answer;
    },
    differs: 'host',
  },
  {
    name: 'headers: undefined',
    run: send(() => undefined),
  },
  {
    name: 'headers: an object that changes after the call',
    run: async (world) => {
      const headers: Record<string, string> = { 'x-a': 'before' };
      const pending = send(() => headers)(world);
      headers['x-a'] = 'after';
      headers['x-b'] = 'added';
      return pending;
    },
  },
  {
    name: 'headers: a Headers that changes after the call',
    run: async (world) => {
      const headers = new world.Headers({ 'x-a': 'before' });
      const pending = send(() => headers)(world);
      headers.set('x-a', 'after');
      return pending;
    },
  },
  {
    name: 'headers: the object of the caller',
    run: async (world) => {
      const headers = new world.Headers({ 'x-a': '1' });
      const fields = Object.freeze({ 'x-a': '1' });
      await send(() => headers)(world);
      await send(() => fields)(world);
      return [[...headers], fields];
    },
  },
];
