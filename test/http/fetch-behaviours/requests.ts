import { Readable } from 'node:stream';
import { Request as UndiciRequest } from 'undici';
import type { Behaviour, World } from './server';
import { any, exchange, outcomeOf } from './observe';

type Make = (world: World, url: string) => Request;

const bytes = Uint8Array.from([0, 0x80, 0xff]);

const requests: readonly (readonly [string, Make])[] = [
  ['a URL only', ({ Request }, url) => new Request(url)],
  ['a fragment', ({ Request }, url) => new Request(`${url}?a=1#part`)],
  ['a method', ({ Request }, url) => new Request(url, { method: 'delete' })],
  ['headers', ({ Request }, url) => new Request(url, { headers: { 'X-Trace': '1', b: '2' } })],
  ['a string', ({ Request }, url) => new Request(url, { method: 'POST', body: 'ä text' })],
  ['an empty string', ({ Request }, url) => new Request(url, { method: 'POST', body: '' })],
  [
    'URLSearchParams',
    ({ Request }, url) =>
      new Request(url, { method: 'POST', body: new URLSearchParams({ a: 'ä' }) }),
  ],
  ['bytes', ({ Request }, url) => new Request(url, { method: 'PUT', body: bytes })],
  [
    'a Blob',
    ({ Request }, url) =>
      new Request(url, { method: 'POST', body: new Blob(['blob'], { type: 'text/x' }) }),
  ],
  [
    'a Blob without a type',
    ({ Request }, url) => new Request(url, { method: 'POST', body: new Blob(['blob']) }),
  ],
  [
    'FormData',
    ({ Request, FormData }, url) => {
      const body = new FormData();
      body.append('a', 'ä');
      body.append('file', new Blob(['content']), 'name.txt');
      return new Request(url, { method: 'POST', body });
    },
  ],
  [
    'JSON',
    ({ Request }, url) =>
      new Request(url, {
        method: 'POST',
        body: '{"a":"ä"}',
        headers: { 'content-type': 'application/json' },
      }),
  ],
  [
    'a large body',
    ({ Request }, url) => new Request(url, { method: 'POST', body: 'x'.repeat(1_000_000) }),
  ],
  [
    'compressed bytes',
    ({ Request }, url) =>
      new Request(url, { method: 'POST', body: bytes, headers: { 'content-encoding': 'gzip' } }),
  ],
  ['a clone', ({ Request }, url) => new Request(url, { method: 'POST', body: 'text' }).clone()],
  [
    'a Request',
    ({ Request }, url) =>
      new Request(new Request(url, { method: 'POST', body: 'text' }), { headers: { a: '1' } }),
  ],
  [
    'a subclass',
    ({ Request }, url) => new (class extends Request {})(url, { method: 'POST', body: 'text' }),
  ],
  [
    'options',
    ({ Request }, url) =>
      new Request(
        url,
        any({
          cache: 'no-store',
          credentials: 'include',
          mode: 'same-origin',
          keepalive: true,
          referrerPolicy: 'no-referrer',
        }),
      ),
  ],
];

const changes: readonly (readonly [string, RequestInit])[] = [
  ['an empty object', {}],
  ['undefined fields', { method: any(undefined), headers: any(undefined), body: any(undefined) }],
  ['a method', { method: 'PUT' }],
  ['headers', { headers: { 'x-b': '2' } }],
  ['no headers', { headers: {} }],
  ['a body', { body: 'other' }],
  ['a body of null', { body: null }],
  ['headers and a body', { headers: { 'x-b': '2' }, body: new URLSearchParams('a=1') }],
  ['a method without a body', { method: 'GET' }],
  ['a cache mode', any({ cache: 'no-cache' })],
];

const post: Make = ({ Request }, url) =>
  new Request(url, { method: 'POST', body: 'text', headers: { 'X-A': '1' } });

const noBody = [null, undefined];

export const requestBehaviours: Behaviour[] = [
  ...requests.map(([name, make]): Behaviour => ({
    name: `Request with ${name}`,
    run: (world) => exchange(world, make(world, `${world.origin}/echo`)),
  })),
  ...changes.map(([name, init]): Behaviour => ({
    name: `Request with init: ${name}`,
    run: (world) => exchange(world, post(world, `${world.origin}/echo`), init),
  })),
  ...noBody.map((init): Behaviour => ({
    name: `Request with ${String(init)} for init`,
    run: (world) => exchange(world, post(world, `${world.origin}/echo`), any(init)),
  })),
  ...noBody.map((init): Behaviour => ({
    name: `a URL with ${String(init)} for init`,
    run: (world) => exchange(world, `${world.origin}/echo`, any(init)),
  })),
  {
    name: 'Request: bodyUsed after the call',
    run: async (world) => {
      const request = post(world, `${world.origin}/echo`);
      const pending = exchange(world, request);
      const atOnce = request.bodyUsed;
      await pending;
      return [atOnce, request.bodyUsed, await outcomeOf(request.text())];
    },
  },
  {
    name: 'Request: bodyUsed after the call without a body',
    run: async (world) => {
      const request = new world.Request(`${world.origin}/echo`);
      await exchange(world, request);
      return [request.bodyUsed, await exchange(world, request)];
    },
  },
  {
    name: 'Request: a second call with the same Request',
    run: async (world) => {
      const request = post(world, `${world.origin}/echo`);
      return [await exchange(world, request), await exchange(world, request)];
    },
  },
  {
    name: 'Request: a second call with the same Request and another body',
    run: async (world) => {
      const request = post(world, `${world.origin}/echo`);
      await exchange(world, request);
      return exchange(world, request, { body: 'other' });
    },
  },
  {
    name: 'Request: a call after its body was read',
    run: async (world) => {
      const request = post(world, `${world.origin}/echo`);
      await request.text();
      return exchange(world, request);
    },
  },
  {
    name: 'Request: a call while its body is locked',
    run: (world) => {
      const request = post(world, `${world.origin}/echo`);
      request.body?.getReader();
      return exchange(world, request);
    },
  },
  {
    name: 'Request: a call with a clone after the original was sent',
    run: async (world) => {
      const request = post(world, `${world.origin}/echo`);
      const clone = request.clone();
      await exchange(world, request);
      return exchange(world, clone);
    },
  },
  {
    name: 'Request: a call with a Request as init',
    run: (world) =>
      exchange(world, `${world.origin}/echo/other`, post(world, `${world.origin}/echo`)),
  },
  {
    name: 'init: an object of a class with getters',
    run: (world) => {
      class Options {
        #method = 'PUT';
        get method() {
          return this.#method;
        }
        get body() {
          return this.#method.toLowerCase();
        }
      }
      return exchange(world, `${world.origin}/echo`, new Options());
    },
  },
  {
    name: 'init: an object with inherited fields',
    run: (world) =>
      exchange(
        world,
        `${world.origin}/echo`,
        Object.create({ method: 'POST', body: 'text' }) as RequestInit,
      ),
  },
  {
    name: 'init: a function with fields',
    run: (world) =>
      exchange(world, `${world.origin}/echo`, any(Object.assign(() => 0, { method: 'PUT' }))),
  },
  {
    name: 'init: a getter that throws',
    run: (world) =>
      exchange(world, `${world.origin}/echo`, {
        get method(): string {
          throw new RangeError('mine');
        },
      }),
  },
  {
    name: 'init: an object with unknown fields',
    run: (world) =>
      exchange(world, `${world.origin}/echo`, any({ agent: 1, next: { revalidate: 1 } })),
  },
  {
    name: 'init: a frozen object',
    run: async (world) => {
      const init = Object.freeze({ method: 'POST', headers: Object.freeze({ a: '1' }), body: 'x' });
      await exchange(world, `${world.origin}/echo`, init);
      return init;
    },
  },
  {
    name: 'init: a value that is not an object',
    run: (world) => exchange(world, `${world.origin}/echo`, any('POST')),
    differs: 'unrecognised',
  },
  {
    name: 'Request with a stream',
    run: ({ Request, ...world }) => {
      const body = Readable.toWeb(Readable.from([bytes]));
      const init = { method: 'POST', body, duplex: 'half' };
      return exchange({ Request, ...world }, new Request(`${world.origin}/echo`, any(init)));
    },
    differs: 'buffered',
  },
  {
    name: 'Request of another copy of undici',
    run: (world) => {
      const { Request: Node } = globalThis;
      const Other = world.Request === Node ? UndiciRequest : Node;
      return exchange(world, any(new Other(`${world.origin}/echo`)));
    },
    differs: 'other-copy',
  },
];
