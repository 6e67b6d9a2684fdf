// The bodies of responses, above all of clients whose bodies are streams of Node or of the package minipass.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import { Agent, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthInjector, createAuthFetch, Credentials } from '../../src';
import { cancelStream } from '../../src/http/node-stream';
import { held } from '../support/account';
import { failOnUnhandledRejections } from '../support/unhandled-rejections';
import { bundle } from '../support/bundle';
import { startServer, type TestServer } from '../support/server';

failOnUnhandledRejections();

const load = createRequire(__filename);

let folder: string;
let nodeFetch3: typeof fetch;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nexmo-auth-node-fetch-'));
  const file = join(folder, 'node-fetch-3.cjs');
  bundle('node-fetch-3.ts', file, []);
  nodeFetch3 = load(file) as typeof fetch;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const nodeFetch2: [name: string, send: typeof fetch] = [
  'node-fetch 2',
  load('node-fetch-2') as typeof fetch,
];
const clients: readonly [name: string, send: typeof fetch][] = [
  ['node-fetch 3', (...call) => nodeFetch3(...call)],
  ['minipass-fetch', load('minipass-fetch') as typeof fetch],
];

const json = { 'content-type': 'application/json' };
const small = '{"status":"0"}';
const large = JSON.stringify({ status: '0', text: 'x'.repeat(400_000) });
const full = randomBytes(16 * 1024 * 1024);
const huge = Buffer.concat([full, Buffer.alloc(8 * 1024 * 1024)]);
const problem = JSON.stringify({ type: 'UNAUTHORIZED', detail: 'x'.repeat(20_000) });

const events = new EventEmitter();
const second = `Basic ${Buffer.from(`${held.apiKey}:Second22`).toString('base64')}`;

const answers: Record<string, (response: ServerResponse) => void> = {
  rotated: (response) => {
    if (String(response.req.headers.authorization) === second) response.end('accepted');
    else {
      response.once('close', () => events.emit('released'));
      response.writeHead(401).end(Buffer.alloc(16 * 1024 * 1024));
    }
  },
  'rotated, gzip': (response) => {
    if (String(response.req.headers.authorization) === second) response.end('accepted');
    else {
      response.once('close', () => events.emit('released'));
      response.writeHead(401, { 'content-encoding': 'gzip' });
      createGzip()
        .on('error', () => undefined)
        .end(randomBytes(16 * 1024 * 1024))
        .pipe(response);
    }
  },
  'rotated, endless': (response) => {
    if (String(response.req.headers.authorization) === second) response.end('accepted');
    else {
      response.once('close', () => events.emit('released'));
      response.writeHead(401, json).write('{"a":"');
      const timer = setInterval(() => response.write('x'.repeat(1000)), 5);
      response.once('close', () => {
        clearInterval(timer);
      });
    }
  },
  endless: (response) => {
    response.once('close', () => events.emit('released'));
    response.writeHead(200, json);
    const chunk = Buffer.alloc(256 * 1024, ' ');
    const write = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', write);
    write();
  },
  full: (response) => response.writeHead(200, json).end(full),
  huge: (response) => {
    response.once('close', () => events.emit('released'));
    response.writeHead(200, json).end(huge);
  },
  'huge, gzip': (response) => {
    response.once('close', () => events.emit('released'));
    response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipSync(huge));
  },
  small: (response) => response.writeHead(200, json).end(small),
  large: (response) => response.writeHead(200, json).end(large),
  empty: (response) => response.writeHead(200, json).end(),
  refused: (response) => response.writeHead(401, json).end(problem),
  cut: (response) => {
    response.writeHead(200, { ...json, 'content-length': 1000 });
    response.write(small, () => response.destroy());
  },
  'cut in chunks': (response) => {
    response.writeHead(200, json);
    response.write(small, () => response.destroy());
  },
  text: (response) => response.writeHead(200).end(small),
  'cut text': (response) => {
    response.writeHead(200);
    response.write(small, () => response.destroy());
  },
  'no gzip': (response) => {
    response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end('this is not gzip');
  },
  stalled: (response) => {
    response.writeHead(200, json);
    response.write('{"sta', () => events.emit('stalled'));
  },
  silent: () => undefined,
  'stalled text': (response) => response.writeHead(200).write('sta'),
};

let server: TestServer;
let origin: string;
beforeAll(async () => {
  server = await startServer((request, response) => {
    answers[decodeURIComponent(String(request.url?.slice(1)))]?.(response);
  });
  ({ origin } = server);
});
afterAll(() => server.close());

function sendBy(send: typeof fetch, path: string, init?: RequestInit): Promise<Response> {
  const refusal = { json: ['status'], codes: ['4'] };
  const products = [{ name: 'own', urls: [`${origin}/`], schemes: ['basic'] as const, refusal }];
  const auth = new AuthInjector(new Credentials(held), { products });
  return createAuthFetch(auth, { fetch: send })(`${origin}/${path}`, init);
}

describe.each([...clients, nodeFetch2])('createAuthFetch with %s', (_client, send) => {
  test.each([
    ['small', small],
    ['large', large],
    ['empty', ''],
  ])('reads a body that is %s, and leaves it whole', async (path, body) => {
    expect(await (await sendBy(send, path)).text()).toBe(body);
    const { body: stream } = await sendBy(send, path);
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe(body);
  });

  test('leaves a body that can be cloned', async () => {
    const response = await sendBy(send, 'small');
    const clone = response.clone();
    expect(await Promise.all([response.json(), clone.text()])).toEqual([JSON.parse(small), small]);
  });

  test('leaves the body of a refusal whole that a subscriber is told of', async () => {
    const types: unknown[] = [];
    const onRefused = (message: unknown) => types.push((message as { type: unknown }).type);
    subscribe('nexmo-auth:request:refused', onRefused);
    try {
      const response = await sendBy(send, 'refused');
      expect([response.status, await response.text()]).toEqual([401, problem]);
      expect(types).toEqual(['UNAUTHORIZED']);
    } finally {
      unsubscribe('nexmo-auth:request:refused', onRefused);
    }
  });

  test('rejects if the signal aborts while the body is read', async () => {
    const controller = new AbortController();
    const stalled = once(events, 'stalled');
    const sent = sendBy(send, 'stalled', { signal: controller.signal });
    const text = sent.then((response) => response.text());
    await stalled;
    controller.abort();
    await expect(text).rejects.toThrow(/abort/i);
  });
});

describe.each<[name: string, send: typeof fetch, init?: RequestInit]>([
  ['the fetch of Node', fetch],
  ['another fetch', (...call) => fetch(...call)],
  ...clients,
  nodeFetch2,
  ['node-fetch 2 with a timeout', nodeFetch2[1], { timeout: 20_000 } as RequestInit],
])('createAuthFetch with %s', (_client, send, init) => {
  test.each(['huge', 'huge, gzip', 'endless'])(
    'reads a body up to 16 MiB, and then closes the connection: %s',
    async (path) => {
      const released = once(events, 'released');
      const response = await sendBy(send, path, init);
      await released;
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow('has more than 16 MiB');
    },
  );

  test('the body that was too long can be cancelled, as any other body', async () => {
    const { body } = await sendBy(send, 'huge', init);
    cancelStream(body);
    await nextTurn();
  });

  test('gives a body of 16 MiB', async () => {
    const response = await sendBy(send, 'full', init);
    expect(full.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
  });

  test('gives the empty body of a response to HEAD', async () => {
    const response = await sendBy(send, 'small', { ...init, method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

// node-fetch 2 does not end if the connection is cut.
describe.each(clients)('createAuthFetch with %s', (_client, send) => {
  test.each(['cut', 'cut in chunks', 'no gzip'])(
    'rejects for a body that is %s, as the client does',
    async (path) => {
      await expect((async () => (await send(`${origin}/${path}`)).text())()).rejects.toThrow();
      await expect((async () => (await sendBy(send, path)).text())()).rejects.toThrow();
    },
  );
});

test.each([
  ...[...clients, nodeFetch2].map(([client, send]) => [client, 'rotated', send] as const),
  // minipass-fetch does not close a compressed response.
  ...[clients[0], nodeFetch2].flatMap((each) =>
    each ? [[each[0], 'rotated, gzip', each[1]] as const] : [],
  ),
])(
  'createAuthFetch with %s closes the connection of a refused response that is sent again: %s',
  async (_client, path, send) => {
    const url = `${origin}/${path}`;
    const products = [{ name: 'own', urls: [encodeURI(url)], schemes: ['basic'] as const }];
    const credentials = new Credentials({ ...held, apiSecret: ['First111', 'Second22'] });
    const released = once(events, 'released');
    const authFetch = createAuthFetch(new AuthInjector(credentials, { products }), { fetch: send });
    expect(await (await authFetch(url)).text()).toBe('accepted');
    await released;
  },
);

describe.each([...clients.slice(0, 1), nodeFetch2])(
  'a clone of a response of %s',
  (_client, send) => {
    test.each(['small', 'text'])('has the same body as a stream: %s', async (path) => {
      const response = await sendBy(send, path);
      const bodies = [response.clone(), response].map(({ body }) => body as unknown as Readable);
      const [first, second] = await Promise.all(bodies.map((body) => buffer(body)));
      expect([String(first), String(second)]).toEqual([small, small]);
    });

    test.each(['cut in chunks', 'cut text'])(
      'fails, as the response does, if the server cuts the connection: %s',
      async (path) => {
        const response = await sendBy(send, path);
        const results = await Promise.allSettled([response.clone().text(), response.text()]);
        expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      },
    );

    test('fails, as the response does, if the signal aborts', async () => {
      const controller = new AbortController();
      const response = await sendBy(send, 'stalled text', { signal: controller.signal });
      const results = Promise.allSettled([response.clone().text(), response.text()]);
      controller.abort();
      expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    });
  },
);

// minipass-fetch ends the process if a body is over size.
describe.each([...clients.slice(0, 1), nodeFetch2])(
  'createAuthFetch with the limits of %s',
  (_client, send) => {
    test.each(['large', 'refused'])('gives its error for a body over size: %s', async (path) => {
      const init = { size: 1000 } as RequestInit;
      await expect((await send(`${origin}/${path}`, init)).text()).rejects.toThrow(
        /limit|over|size/i,
      );
      await expect((await sendBy(send, path, init)).text()).rejects.toThrow(/over limit/);
    });

    test('leaves the stream of a body over size whole', async () => {
      const { body } = await sendBy(send, 'large', { size: 1000 } as RequestInit);
      expect(String(await buffer(body as unknown as Readable))).toBe(large);
    });

    test('gives a body of exactly that size', async () => {
      const init = { size: small.length } as RequestInit;
      expect(await (await sendBy(send, 'small', init)).text()).toBe(small);
    });
  },
);

test('the connection of a refused response is closed if node-fetch 2 reads it until the timeout', async () => {
  const onRefused = () => undefined;
  subscribe('nexmo-auth:request:refused', onRefused);
  try {
    const url = `${origin}/rotated, endless`;
    const products = [{ name: 'own', urls: [encodeURI(url)], schemes: ['basic'] as const }];
    const credentials = new Credentials({ ...held, apiSecret: ['First111', 'Second22'] });
    const released = once(events, 'released');
    const [, send] = nodeFetch2;
    const authFetch = createAuthFetch(new AuthInjector(credentials, { products }), { fetch: send });
    expect(await (await authFetch(url, { timeout: 100 } as RequestInit)).text()).toBe('accepted');
    await released;
  } finally {
    unsubscribe('nexmo-auth:request:refused', onRefused);
  }
});

type Library = { Request: new (url: string, init: object) => Request };
const requests: readonly [string, typeof fetch, Library][] = [
  [...nodeFetch2, load('node-fetch-2') as Library],
  ['minipass-fetch', load('minipass-fetch') as typeof fetch, load('minipass-fetch') as Library],
];

describe.each(requests)('the agent of %s is used', (_client, send, { Request }) => {
  class GivenOptions {
    readonly #agent: Agent;
    constructor(agent: Agent) {
      this.#agent = agent;
    }
    get agent() {
      return this.#agent;
    }
  }
  test.each<[string, (url: string, agent: Agent) => [Request | string, object?]]>([
    ['of the second argument', (url, agent) => [url, { agent }]],
    ['of a Request', (url, agent) => [new Request(url, { agent })]],
    [
      'of a Request with a second argument',
      (url, agent) => [new Request(url, { agent }), { method: 'POST' }],
    ],
    [
      'of a Request if the second argument has null',
      (url, agent) => [new Request(url, { agent }), { agent: null }],
    ],
    ['of a Request as second argument', (url, agent) => [url, new Request(url, { agent })]],
    [
      'that the second argument inherits',
      (url, agent) => [url, Object.create({ agent }) as object],
    ],
    ['that a getter of a class gives', (url, agent) => [url, new GivenOptions(agent)]],
  ])('%s', async (_where, argumentsOf) => {
    const agent = new Agent();
    const connect = jest.spyOn(agent, 'createConnection' as never);
    const url = `${origin}/small`;
    const products = [{ name: 'own', urls: [url], schemes: ['basic'] as const }];
    const authFetch = createAuthFetch(new AuthInjector(new Credentials(held), { products }), {
      fetch: send,
    });
    const [input, init] = argumentsOf(url, agent);
    expect(await (await authFetch(input, init)).text()).toBe(small);
    expect(connect).toHaveBeenCalledTimes(1);
  });
});

test.each(
  requests.flatMap(([client, send, library]) =>
    [undefined, { timeout: 0 }, { timeout: null }].map(
      (init) => [client, init, send, library] as const,
    ),
  ),
)('the timeout of a Request of %s applies with %j', async (_client, init, send, library) => {
  const request = new library.Request(`${origin}/silent`, { timeout: 200 });
  const products = [{ name: 'own', urls: [`${origin}/`], schemes: ['basic'] as const }];
  const auth = new AuthInjector(new Credentials(held), { products });
  await expect(createAuthFetch(auth, { fetch: send })(request, init as object)).rejects.toThrow(
    /timeout/,
  );
});

// node-fetch 3 has no timeout.
describe.each([nodeFetch2, ...clients.slice(1)])('createAuthFetch with %s', (_client, send) => {
  test.each([true, false])('gives its error after timeout, read before: %s', async (isRead) => {
    const init = { timeout: 200 } as RequestInit;
    const path = isRead ? 'stalled' : 'stalled text';
    const text = async () => (await sendBy(send, path, init)).text();
    await expect(text()).rejects.toThrow(/timeout/i);
  });
});
