// Tests for earlier faults of src/http/fetch.ts and of the files that it uses: fetch-call.ts, fetch-body.ts,
// fetch-headers.ts, wire-request.ts, underlying-fetch.ts and public-response.ts.
import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import * as undici from 'undici';
import { AuthInjector, createAuthFetch, Credentials, type Scheme } from '../../src';
import { applicationId, held, oauth1 } from '../support/account';
import { rejection } from '../support/errors';
import { failStream, slowInjector } from '../support/failing-streams';
import { keyText } from '../support/keys';
import { leaksIn } from '../support/leaks';
import { runs } from '../support/runs';
import { startServer } from '../support/server';
import { failOnUnhandledRejections } from '../support/unhandled-rejections';

import {
  type Arrived,
  type BehaviourServer,
  startBehaviourServer,
} from './fetch-behaviours/server';

failOnUnhandledRejections();

const credentials = new Credentials({
  ...held,
  oauth1,
  applicationId,
  privateKey: keyText('rsa-pkcs8'),
});
const credentialText = new URLSearchParams({ api_key: held.apiKey, api_secret: held.apiSecret });

let server: BehaviourServer;
beforeAll(async () => {
  server = await startBehaviourServer();
});
afterAll(() => server.close());

function injector(scheme: Scheme, from = credentials): AuthInjector {
  const products = [{ name: 'own', urls: [server.origin], schemes: [scheme] as const }];
  return new AuthInjector(from, { products });
}

const authFetch = (scheme: Scheme, send?: typeof fetch) =>
  createAuthFetch(injector(scheme), { fetch: send });

const last = () => server.arrived.slice(-1)[0] ?? { method: '', path: '', headers: [], body: '' };
const lastHeader = (name: string) =>
  last().headers.find(([headerName]) => headerName?.toLowerCase() === name)?.[1];

async function post(scheme: Scheme, init: RequestInit, path = '/echo'): Promise<Arrived> {
  await authFetch(scheme)(`${server.origin}${path}`, { method: 'POST', ...init });
  return last();
}

describe('the URL that is called is the URL that was checked:', () => {
  const queries = ['??a=1', '??', '???a', '?a=1?', '?a&&b', '?a=%zz&b=%E9'];

  test.each(queries)('the query %s is sent as it is', async (query) => {
    let called = '';
    const send = async (url: unknown) => {
      called = String(url);
      return Promise.resolve(new Response());
    };
    const url = `${server.origin}/echo${query}`;
    await authFetch('basic', send)(url);
    expect(called).toBe(url);
    await authFetch('query', send)(url);
    expect(called).toBe(`${url}&${credentialText.toString()}`);
  });
});

test.each(['??api_key=EVIL', '??sig=EVIL&to=1', '?a=1&?api_key=EVIL', '???api_key=EVIL'])(
  'the query %s is refused, since some servers drop the second question mark',
  async (query) => {
    const before = server.arrived.length;
    for (const scheme of ['basic', 'query'] as const) {
      const { code } = await rejection(authFetch(scheme)(`${server.origin}/echo${query}`));
      expect(code).toBe('ERR_CREDENTIAL_PRESENT');
    }
    expect(server.arrived).toHaveLength(before);
  },
);

describe('bytes are sent unchanged:', () => {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };

  test('gzip bytes sent as JSON are not read as text', async () => {
    const bytes = gzipSync('{"text":"Hello"}');
    const { body } = await post('bearer', { body: bytes, headers });
    expect(Buffer.from(body, 'latin1')).toEqual(bytes);
  });

  const types = ['application/json', 'application/x-www-form-urlencoded', 'text/plain', ''];

  test('bytes of any type arrive unchanged, in init, in a Blob and in a Request', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(...types),
        fc.constantFrom<Scheme>('query', 'basic', 'bearer'),
        async (bytes, type, scheme) => {
          const headers = type === '' ? {} : { 'content-type': type };
          const init = { method: 'POST', body: bytes, headers };
          const send = authFetch(scheme);
          const url = `${server.origin}/echo`;
          await send(url, init);
          await send(new Request(url, init));
          await send(url, { method: 'POST', body: new Blob([bytes], { type }) });
          const arrived = server.arrived.slice(-3).map(({ body }) => Buffer.from(body, 'latin1'));
          for (const body of arrived) expect(body).toEqual(Buffer.from(bytes));
        },
      ),
      { numRuns: runs(60) },
    );
  });

  test.each<Scheme>(['body', 'signature'])(
    'the scheme %s refuses to extend compressed bytes',
    async (scheme) => {
      const body = gzipSync('{"text":"Hello"}');
      const error = await rejection(post(scheme, { body, headers }));
      expect(error.code).toBe('ERR_INVALID_REQUEST');
      expect(error.message).toContain('compressed');
    },
  );
});

describe('a string without a Content-Type of the caller is a form or JSON, as in axios:', () => {
  const inRequest = (scheme: Scheme, init: RequestInit) =>
    authFetch(scheme)(new Request(`${server.origin}/echo`, { method: 'POST', ...init }));

  test('the scheme body writes no secret into text/plain', async () => {
    await post('body', { body: 'from=Nexmo' });
    expect(last().body).toBe(`from=Nexmo&${credentialText.toString()}`);
    expect(lastHeader('content-type')).toBe('application/x-www-form-urlencoded');
    await inRequest('body', { body: 'from=Nexmo' });
    expect(last().body).toBe(`from=Nexmo&${credentialText.toString()}`);
    expect(lastHeader('content-type')).toBe('application/x-www-form-urlencoded');
  });

  test('a string of JSON gets the Content-Type of JSON', async () => {
    for (const send of [post, inRequest]) {
      await send('body', { body: '{"from":"Nexmo"}' });
      expect(JSON.parse(last().body)).toEqual({
        from: 'Nexmo',
        api_key: held.apiKey,
        api_secret: held.apiSecret,
      });
      expect(lastHeader('content-type')).toBe('application/json');
    }
  });

  test('the scheme oauth1 sets the Content-Type of a form that it signs', async () => {
    await post('oauth1', { body: 'from=Nexmo' });
    expect(last().body).toBe('from=Nexmo');
    expect(lastHeader('content-type')).toBe('application/x-www-form-urlencoded');
  });

  test('other schemes leave the Content-Type to fetch', async () => {
    for (const send of [post, inRequest]) {
      await send('basic', { body: 'from=Nexmo' });
      expect(lastHeader('content-type')).toBe('text/plain;charset=UTF-8');
    }
  });

  test('a Content-Length of the caller is not sent with an extended body', async () => {
    const headers = new Headers({ 'content-type': 'application/json', 'content-length': '2' });
    await post('body', { body: '{}', headers });
    expect(lastHeader('content-length')).toBe(String(last().body.length));
    expect(headers.get('content-length')).toBe('2');
  });

  test('a Content-Type of the caller is not changed', async () => {
    const error = await rejection(
      post('body', { body: 'a=1', headers: { 'content-type': 'text/plain' } }),
    );
    expect(error.code).toBe('ERR_INVALID_REQUEST');
  });

  test.each<Scheme>(['body', 'signature'])(
    'FormData with the scheme %s is an error that names the alternative',
    async (scheme) => {
      const body = new FormData();
      body.set('from', 'Nexmo');
      for (const send of [post, inRequest]) {
        const error = await rejection(send(scheme, { body }));
        expect(error.code).toBe('ERR_INVALID_REQUEST');
        expect(error.message).toContain('FormData');
        expect(error.message).toContain('URLSearchParams');
      }
    },
  );
});

describe('the body of a Request is treated like that of init:', () => {
  const rotating = new Credentials({ ...held, apiSecret: [held.apiSecret, 'PreviousSecret1'] });
  const form = new FormData();
  form.set('from', 'Nexmo');
  const bodies: [string, NonNullable<RequestInit['body']>][] = [
    ['text', 'from=Nexmo'],
    ['a Blob', new Blob(['from=Nexmo'])],
    ['bytes', Buffer.from('from=Nexmo')],
    ['FormData', form],
    ['URLSearchParams', new URLSearchParams({ from: 'Nexmo' })],
  ];

  test.each(bodies)(
    '%s is sent again after a refusal, with a Content-Length',
    async (_name, body) => {
      const send = createAuthFetch(injector('basic', rotating));
      const before = server.arrived.length;
      await send(new Request(`${server.origin}/status/401`, { method: 'POST', body }));
      const [first, second, ...others] = server.arrived.slice(before);
      expect(others).toEqual([]);
      expect(second).toEqual(first);
      expect(second?.body).toContain('Nexmo');
      expect(second?.headers.some(([name]) => name?.toLowerCase() === 'content-length')).toBe(true);
    },
  );

  test.each(bodies.filter(([name]) => name !== 'FormData'))(
    '%s is extended by the schemes body and signature',
    async (_name, body) => {
      for (const scheme of ['body', 'signature'] as const) {
        const request = new Request(`${server.origin}/echo`, { method: 'POST', body });
        await authFetch(scheme)(request);
        expect(new URLSearchParams(last().body).get('from')).toBe('Nexmo');
        expect(new URLSearchParams(last().body).get('api_key')).toBe(held.apiKey);
      }
    },
  );

  test('a body of more than 16 MiB is streamed whole', async () => {
    const size = 16 * 1024 * 1024 + 1;
    const body = Buffer.alloc(size, 'x');
    await authFetch('basic')(new Request(`${server.origin}/echo`, { method: 'POST', body }));
    expect(last().body).toHaveLength(size);
    expect(lastHeader('transfer-encoding')).toBe('chunked');
    await authFetch('basic')(`${server.origin}/echo`, { method: 'POST', body: new Blob([body]) });
    expect(last().body).toHaveLength(size);
    expect(lastHeader('content-length')).toBe(String(size));
  });

  test('a body of one-byte chunks is sent whole', async () => {
    const chunks = Array.from('0123456789'.repeat(1000), (digit) => Buffer.from(digit));
    const body = ReadableStream.from(chunks) as ReadableStream;
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    await authFetch('basic')(new Request(`${server.origin}/echo`, init));
    expect(last().body).toBe('0123456789'.repeat(1000));
    expect(lastHeader('content-length')).toBe('10000');
  });

  test('a call rejects if its Request has a chunk that is not bytes', async () => {
    const body = ReadableStream.from([Buffer.from('a'), { b: 1 }]) as ReadableStream;
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    const call = authFetch('basic')(new Request(`${server.origin}/echo`, init));
    await expect(call).rejects.toThrow('fetch failed');
  });

  test('a body of more than 16 MiB that will not be sent is cancelled', async () => {
    const cancelled: unknown[] = [];
    const body = new ReadableStream({
      pull: (controller) => {
        controller.enqueue(new Uint8Array(4 * 1024 * 1024));
      },
      cancel: (reason) => void cancelled.push(reason),
    });
    const headers = { authorization: 'Bearer mine' };
    const init = { method: 'POST', body, headers, duplex: 'half' } as RequestInit;
    const error = await rejection(authFetch('basic')(new Request(`${server.origin}/echo`, init)));
    expect(error.code).toBe('ERR_CREDENTIAL_PRESENT');
    await nextTurn();
    await nextTurn();
    expect(cancelled).toEqual([error]);
  });

  test('a call rejects if the stream in its Request fails while it is read', async () => {
    const body = new ReadableStream({
      pull: (controller) => {
        controller.error(new Error('mine'));
      },
    });
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    await expect(authFetch('basic')(new Request(`${server.origin}/echo`, init))).rejects.toThrow(
      'fetch failed',
    );
  });

  test('a Request of a library without streams is read with arrayBuffer()', async () => {
    const library = (text: string) => ({
      url: `${server.origin}/echo`,
      method: 'POST',
      headers: { 'x-trace': '1' },
      clone: () => undefined,
      arrayBuffer: () => Promise.resolve(new TextEncoder().encode(text).buffer),
    });
    await authFetch('basic')(library('text') as unknown as Request);
    expect(last()).toMatchObject({ method: 'POST', body: 'text' });
    await authFetch('basic')(library('') as unknown as Request);
    expect(last()).toMatchObject({ method: 'POST', body: '' });
    // The body of a Request is sent in one piece, also if it is a field of its own.
    await authFetch('basic')({ ...library('text'), body: new Blob(['text']).stream() } as never);
    expect(last()).toMatchObject({ method: 'POST', body: 'text' });
    expect(lastHeader('content-length')).toBe('4');
  });
});

describe('a platform object is recognised by brand or shape:', () => {
  test('an undici.Request gets a credential', async () => {
    const request = new undici.Request(`${server.origin}/echo`, {
      method: 'POST',
      headers: new undici.Headers({ 'x-trace': '1' }),
      body: 'text',
    });
    const tapped: Headers[] = [];
    const send = ((url: string, init: RequestInit) => {
      tapped.push(new Headers(init.headers));
      return undici.fetch(url, init as never);
    }) as unknown as typeof fetch;
    await (authFetch('basic', send) as unknown as typeof undici.fetch)(request);
    expect(tapped[0]?.get('authorization')).toMatch(/^Basic /);
    expect(last()).toMatchObject({ method: 'POST', body: 'text' });
    expect(lastHeader('x-trace')).toBe('1');
  });

  test('an argument that is not recognised is an error, and is not sent', async () => {
    const send = jest.fn(fetch);
    for (const input of [{ url: server.origin }, {}, [], { href: server.origin }]) {
      const error = await rejection(authFetch('basic', send)(input as unknown as string));
      expect(error.code).toBe('ERR_INVALID_REQUEST');
    }
    expect(send).not.toHaveBeenCalled();
  });
});

describe('a status that the constructor of Response refuses:', () => {
  test.each([600, 700, 999])('%i is in the response and in its clone', async (status) => {
    const response = await authFetch('query')(`${server.origin}/status/${status}`);
    const clone = response.clone();
    for (const shown of [response, clone]) {
      expect(shown).toMatchObject({ status, ok: false, url: `${server.origin}/status/${status}` });
      expect(leaksIn(shown, [held.apiSecret])).toEqual([]);
      expect(await shown.text()).toBe('body');
    }
  });

  test('a Response.error() of a test double keeps its type and status', async () => {
    const send = () => Promise.resolve(Response.error());
    const response = await authFetch('query', send)(server.origin);
    expect(response).toMatchObject({ status: 0, type: 'error' });
  });
});

describe('the global fetch is looked up at each call:', () => {
  const original = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = original;
  });

  test('a stub is used until it is removed', async () => {
    const send = authFetch('basic');
    globalThis.fetch = () => Promise.resolve(new Response('stub'));
    expect(await (await send(`${server.origin}/echo`)).text()).toBe('stub');
    globalThis.fetch = original;
    expect(await (await send(`${server.origin}/echo`)).text()).toBe('echo');
  });

  test('a stub may accept a relative URL, which fetch refuses', async () => {
    const send = authFetch('basic');
    const inputs: unknown[] = [];
    globalThis.fetch = (input) => {
      inputs.push(input);
      return Promise.resolve(new Response('stub'));
    };
    expect(await (await send('/echo')).text()).toBe('stub');
    expect(inputs).toEqual(['/echo']);
  });

  test('the global fetch may come from createAuthFetch', async () => {
    const first = authFetch('basic');
    globalThis.fetch = first;
    globalThis.fetch = createAuthFetch(new AuthInjector(credentials));
    for (const send of [first, globalThis.fetch]) {
      const before = server.arrived.length;
      expect(await (await send(`${server.origin}/echo`)).text()).toBe('echo');
      expect(server.arrived.length).toBe(before + 1);
    }
  });

  describe.each<Scheme>(['query', 'basic', 'body'])('with the scheme %s,', (scheme) => {
    test.each(['a URL', 'a Request'])(
      'an authenticated fetch does not call itself through a wrapper that passes on %s',
      async (kind) => {
        const first = authFetch(scheme);
        let count = 0;
        globalThis.fetch = (input, init) => {
          count += 1;
          return kind === 'a URL' ? first(input, init) : first(new Request(input, init));
        };
        const sent = first(`${server.origin}/echo?a=1`, { method: 'POST' });
        // The body of a Request cannot be compared synchronously: the call is refused, not sent without a credential.
        if (scheme === 'body' && kind === 'a Request') {
          expect((await rejection(sent)).code).toBe('ERR_CREDENTIAL_PRESENT');
          return;
        }
        expect(await (await sent).text()).toBe('echo');
        expect(await (await first('data:text/plain,echo')).text()).toBe('echo');
        expect(count).toBe(2);
        expect(last().path).toBe('/echo?a=1');
      },
    );
  });

  test('the inner one of two authenticated fetches attaches its credential', async () => {
    const seen: (string | null)[] = [];
    globalThis.fetch = (input, init) => {
      seen.push(new Headers(init?.headers).get('authorization'));
      return original(input, init);
    };
    const inner = authFetch('basic');
    const outer = createAuthFetch(new AuthInjector(credentials));
    globalThis.fetch = (input, init) => inner(input, init);
    expect(await (await outer(`${server.origin}/echo`)).text()).toBe('echo');
    expect(seen).toEqual([expect.stringMatching(/^Basic /)]);
  });

  test('a call to the same URL inside a test double is authenticated', async () => {
    const send = authFetch('body');
    const url = `${server.origin}/echo`;
    const arrived: string[] = [];
    globalThis.fetch = async (input, init) => {
      arrived.push(String(init?.body));
      if (arrived.length === 1) await send(url, { method: 'POST', body: 'second=1' });
      return original(input, init);
    };
    await send(url, { method: 'POST', body: 'first=1' });
    globalThis.fetch = original;
    const forms = ['first=1', 'second=1'];
    expect(arrived).toEqual(forms.map((form) => `${form}&${credentialText.toString()}`));
  });

  test('a call to the same URL inside a test double, without the Authorization header, is authenticated', async () => {
    const send = authFetch('basic');
    const url = `${server.origin}/echo`;
    const seen: (string | null)[] = [];
    globalThis.fetch = async (input, init) => {
      seen.push(new Headers(init?.headers).get('authorization'));
      if (seen.length === 1) await send(url);
      return original(input, init);
    };
    await send(url);
    expect(seen).toEqual([expect.stringMatching(/^Basic /), expect.stringMatching(/^Basic /)]);
  });

  test('a missing global fetch is an error that names the fetch option', async () => {
    const send = authFetch('basic');
    globalThis.fetch = undefined as unknown as typeof fetch;
    const error = await rejection(send(server.origin));
    expect(error.code).toBe('ERR_INVALID_OPTION');
    expect(error.message).toContain('fetch option');
  });

  test('a test double may return an instance of its own class', async () => {
    class Double extends Response {
      constructor(status: number) {
        super('double', { status });
      }
      twice() {
        return this.status * 2;
      }
    }
    const send = (() => Promise.resolve(new Double(202))) as unknown as typeof fetch;
    const response = await authFetch('query', send)(server.origin);
    expect(response).toBeInstanceOf(Double);
    const { twice } = response as unknown as { twice: () => number };
    expect(Reflect.apply(twice, response, [])).toBe(404);
    expect(await response.text()).toBe('double');
  });

  test.each([undefined, null, { ok: true, json: () => ({}) }, 'text'])(
    'a test double may return %p',
    async (answer) => {
      const send = (() => Promise.resolve(answer)) as unknown as typeof fetch;
      expect(await authFetch('basic', send)(server.origin)).toBe(answer);
    },
  );
});

test('a signal aborts a call while its body is read, and cancels the body at its next chunk', async () => {
  const cancelled: unknown[] = [];
  let source: ReadableStreamDefaultController | undefined;
  const body = new ReadableStream({
    start: (controller) => {
      source = controller;
    },
    cancel: (reason) => {
      cancelled.push(reason);
      throw new Error('cannot end');
    },
  });
  const controller = new AbortController();
  const init = { method: 'POST', body, duplex: 'half', signal: controller.signal } as RequestInit;
  const pending = authFetch('body')(new Request(`${server.origin}/echo`, init));
  const reason = new Error('mine');
  setImmediate(() => {
    controller.abort(reason);
  });
  await expect(pending).rejects.toBe(reason);
  source?.enqueue(new Uint8Array(1));
  await nextTurn();
  await nextTurn();
  expect(cancelled).toEqual([reason]);
});

test('a body that will not be sent is cancelled', async () => {
  const cancelled: unknown[] = [];
  const stream = new ReadableStream({
    start: (controller) => {
      controller.enqueue(new Uint8Array(1));
    },
    cancel: () => void cancelled.push('stream'),
  });
  async function* generate() {
    try {
      yield await Promise.resolve(new Uint8Array(1));
    } finally {
      cancelled.push('generator');
    }
  }
  const generator = generate();
  await generator.next();
  for (const body of [stream, generator]) {
    const headers = { authorization: 'Bearer mine' };
    const init = { method: 'POST', body, headers, duplex: 'half' } as unknown as RequestInit;
    const error = await rejection(authFetch('basic')(server.origin, init));
    expect(error.code).toBe('ERR_CREDENTIAL_PRESENT');
    await nextTurn();
    await nextTurn();
  }
  expect(cancelled).toEqual(['stream', 'generator']);
});

/**
 * The bodies of a Request whose source is a Node stream or a generator. If such a body is cancelled during a read, the
 * end of the source ends the process.
 */
describe.each<[string, (chunks: AsyncIterable<Uint8Array>) => unknown]>([
  ['a Node stream', (chunks) => Readable.from(chunks)],
  ['a generator', (chunks) => chunks],
])('a Request with the body of %s', (_what, wrap) => {
  test.each([
    ['its first', 0],
    ['a later', 1],
    ['after more than 16 MiB, a later', 20_000_000],
  ])('survives an abort while %s chunk is awaited', async (_when, length) => {
    const asked = new EventEmitter();
    const isAsked = once(asked, 'asked');
    async function* source() {
      if (length > 0) yield new Uint8Array(length);
      asked.emit('asked');
      await once(asked, 'end');
    }
    const controller = new AbortController();
    const init = { method: 'POST', body: wrap(source()), duplex: 'half' };
    const { signal } = controller;
    const request = new Request(`${server.origin}/echo`, { ...init, signal } as RequestInit);
    const call = authFetch('basic')(request);
    await isAsked;
    await nextTurn();
    controller.abort(new Error('mine'));
    await expect(call).rejects.toThrow('mine');
    await nextTurn();
    asked.emit('end');
    // An error of the stream would end the process here, so the test would fail.
    for (let turns = 0; turns < 5; turns += 1) await nextTurn();
    expect(request.bodyUsed).toBe(true);
  });
});

async function* generatorOver(stream: Readable) {
  yield* stream;
}

test.each<[string, (stream: Readable) => unknown, string | RegExp]>([
  ['a Node stream', (stream) => stream, 'Upstream'],
  [
    'a Node stream that reads from another',
    (stream) => Readable.from(stream),
    /Upstream|disturbed/,
  ],
  ['a mapped Node stream', (stream) => stream.map((chunk: unknown) => chunk), /Upstream|disturbed/],
  ['a web stream around a Node stream', (stream) => ReadableStream.from(stream), 'fetch failed'],
  ['a generator over a Node stream', generatorOver, 'fetch failed'],
])(
  '%s that fails while a credential is awaited does not end the process',
  async (_what, wrap, message) => {
    const stream = new Readable({ read: () => undefined });
    const init = { method: 'POST', body: wrap(stream), duplex: 'half' } as unknown as RequestInit;
    const send = createAuthFetch(slowInjector(server.origin, () => failStream(stream)));
    await expect(send(server.origin, init)).rejects.toThrow(message);
  },
);

describe('a body from Readable.toWeb', () => {
  const bodyOf = () => {
    const source = new Readable({ read: () => undefined });
    source.push(Buffer.alloc(1000));
    return Readable.toWeb(source);
  };
  const initWith = (init: object) =>
    ({ method: 'POST', body: bodyOf(), duplex: 'half', ...init }) as unknown as RequestInit;
  const nextTurns = () => wait(20);

  test('of a request that is refused does not end the process', async () => {
    const sent = authFetch('basic')(`${server.origin}/echo?api_key=x`, initWith({}));
    expect((await rejection(sent)).code).toBe('ERR_CREDENTIAL_PRESENT');
    await nextTurns();
  });

  test('of a call that is aborted does not end the process', async () => {
    for (const signal of [AbortSignal.abort(), undefined]) {
      const controller = new AbortController();
      const init = initWith({ signal: signal ?? controller.signal });
      const sent = authFetch('basic')(`${server.origin}/echo`, init);
      queueMicrotask(() => {
        controller.abort();
      });
      await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
      await nextTurns();
    }
  });

  test('that fails after an early response, before an abort, does not end the process', async () => {
    // Responds before the body has ended, so that `fetch` closes the connection.
    const platform = await startServer((_request, response) => response.writeHead(413).end());
    const products = [{ name: 'own', urls: [platform.origin], schemes: ['basic'] as const }];
    const send = createAuthFetch(new AuthInjector(credentials, { products }));
    for (const chunks of [1, 2, 3]) {
      const source = new Readable({ read: () => undefined });
      source.push(Buffer.alloc(10));
      const controller = new AbortController();
      const init = { body: Readable.toWeb(source), signal: controller.signal };
      expect((await send(`${platform.origin}/`, initWith(init))).status).toBe(413);
      for (let chunk = 0; chunk < chunks; chunk += 1) {
        source.push(Buffer.alloc(10));
        await nextTurns();
      }
      source.destroy(new Error('The sender has left.'));
      await nextTurns();
      controller.abort();
      await nextTurns();
    }
    await platform.close();
  });

  test('of a Request that is aborted while it is read does not end the process', async () => {
    const controller = new AbortController();
    const request = new Request(`${server.origin}/echo`, initWith({}));
    const sent = authFetch('basic')(request, { signal: controller.signal });
    queueMicrotask(() => {
      controller.abort();
    });
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    await nextTurns();
  });
});

test.each<[Scheme, () => unknown]>(
  (['body', 'signature'] as const).flatMap((scheme) =>
    [
      () => Readable.from(['text=A'])[Symbol.asyncIterator](),
      () => ({ [Symbol.asyncIterator]: () => Readable.from(['text=A'])[Symbol.asyncIterator]() }),
    ].map((body): [Scheme, () => unknown] => [scheme, body]),
  ),
)(
  'with the scheme %s, an async iterable is refused, since it gets no credential',
  async (scheme, body) => {
    const init = { body: body(), duplex: 'half' } as RequestInit;
    const count = server.arrived.length;
    expect(await rejection(post(scheme, init))).toMatchObject({ code: 'ERR_INVALID_REQUEST' });
    expect(server.arrived).toHaveLength(count);
  },
);
