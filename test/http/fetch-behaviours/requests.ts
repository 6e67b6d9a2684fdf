import { Readable } from 'node:stream';
import { Request as UndiciRequest } from 'undici';
import type { Behaviour, Laboratory } from './laboratory';
import { any, exchange, outcomeOf } from './observe';

type Make = (laboratory: Laboratory, url: string) => Request;

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
    run: (laboratory) => exchange(laboratory, make(laboratory, `${laboratory.origin}/echo`)),
  })),
  ...changes.map(([name, init]): Behaviour => ({
    name: `Request with init: ${name}`,
    run: (laboratory) => exchange(laboratory, post(laboratory, `${laboratory.origin}/echo`), init),
  })),
  ...noBody.map((init): Behaviour => ({
    name: `Request with ${String(init)} for init`,
    run: (laboratory) =>
      exchange(laboratory, post(laboratory, `${laboratory.origin}/echo`), any(init)),
  })),
  ...noBody.map((init): Behaviour => ({
    name: `a URL with ${String(init)} for init`,
    run: (laboratory) => exchange(laboratory, `${laboratory.origin}/echo`, any(init)),
  })),
  {
    name: 'Request: bodyUsed after the call',
    run: async (laboratory) => {
      const request = post(laboratory, `${laboratory.origin}/echo`);
      const pending = exchange(laboratory, request);
      const atOnce = request.bodyUsed;
      await pending;
      return [atOnce, request.bodyUsed, await outcomeOf(request.text())];
    },
  },
  {
    name: 'Request: bodyUsed after the call without a body',
    run: async (laboratory) => {
      const request = new laboratory.Request(`${laboratory.origin}/echo`);
      await exchange(laboratory, request);
      return [request.bodyUsed, await exchange(laboratory, request)];
    },
  },
  {
    name: 'Request: a second call with a sent one',
    run: async (laboratory) => {
      const request = post(laboratory, `${laboratory.origin}/echo`);
      return [await exchange(laboratory, request), await exchange(laboratory, request)];
    },
  },
  {
    name: 'Request: a second call with a sent one and another body',
    run: async (laboratory) => {
      const request = post(laboratory, `${laboratory.origin}/echo`);
      await exchange(laboratory, request);
      return exchange(laboratory, request, { body: 'other' });
    },
  },
  {
    name: 'Request: a call with one that was read',
    run: async (laboratory) => {
      const request = post(laboratory, `${laboratory.origin}/echo`);
      await request.text();
      return exchange(laboratory, request);
    },
  },
  {
    name: 'Request: a call with a locked one',
    run: (laboratory) => {
      const request = post(laboratory, `${laboratory.origin}/echo`);
      request.body?.getReader();
      return exchange(laboratory, request);
    },
  },
  {
    name: 'Request: a clone of a sent one',
    run: async (laboratory) => {
      const request = post(laboratory, `${laboratory.origin}/echo`);
      const clone = request.clone();
      await exchange(laboratory, request);
      return exchange(laboratory, clone);
    },
  },
  {
    name: 'Request: a call with one as init',
    run: (laboratory) =>
      exchange(
        laboratory,
        `${laboratory.origin}/echo/other`,
        post(laboratory, `${laboratory.origin}/echo`),
      ),
  },
  {
    name: 'init: an object of a class with getters',
    run: (laboratory) => {
      class Options {
        #method = 'PUT';
        get method() {
          return this.#method;
        }
        get body() {
          return this.#method.toLowerCase();
        }
      }
      return exchange(laboratory, `${laboratory.origin}/echo`, new Options());
    },
  },
  {
    name: 'init: an object with inherited fields',
    run: (laboratory) =>
      exchange(
        laboratory,
        `${laboratory.origin}/echo`,
        Object.create({ method: 'POST', body: 'text' }) as RequestInit,
      ),
  },
  {
    name: 'init: a function with fields',
    run: (laboratory) =>
      exchange(
        laboratory,
        `${laboratory.origin}/echo`,
        any(Object.assign(() => 0, { method: 'PUT' })),
      ),
  },
  {
    name: 'init: a getter that throws',
    run: (laboratory) =>
      exchange(laboratory, `${laboratory.origin}/echo`, {
        get method(): string {
          throw new RangeError('mine');
        },
      }),
  },
  {
    name: 'init: an object with unknown fields',
    run: (laboratory) =>
      exchange(laboratory, `${laboratory.origin}/echo`, any({ agent: 1, next: { revalidate: 1 } })),
  },
  {
    name: 'init: a frozen object',
    run: async (laboratory) => {
      const init = Object.freeze({ method: 'POST', headers: Object.freeze({ a: '1' }), body: 'x' });
      await exchange(laboratory, `${laboratory.origin}/echo`, init);
      return init;
    },
  },
  {
    name: 'init: a value that is not an object',
    run: (laboratory) => exchange(laboratory, `${laboratory.origin}/echo`, any('POST')),
    differs: 'unrecognised',
  },
  {
    name: 'Request with a stream',
    run: ({ Request, ...laboratory }) => {
      const body = Readable.toWeb(Readable.from([bytes]));
      const init = { method: 'POST', body, duplex: 'half' };
      return exchange(
        { Request, ...laboratory },
        new Request(`${laboratory.origin}/echo`, any(init)),
      );
    },
    differs: 'buffered',
  },
  {
    name: 'Request of another copy of undici',
    run: (laboratory) => {
      const { Request: Node } = globalThis;
      const Other = laboratory.Request === Node ? UndiciRequest : Node;
      return exchange(laboratory, any(new Other(`${laboratory.origin}/echo`)));
    },
    differs: 'other-copy',
  },
];
