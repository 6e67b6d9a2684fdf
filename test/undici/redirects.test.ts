import { hasSubscribers } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import * as undici from 'undici';
import { AuthInjector, Credentials, type Product, type Scheme } from '../../src';
import type { LegacyHandler } from '../../src/undici/handler';
import { authInterceptor } from '../../src/undici/interceptor';
import { held, opentok } from '../support/account';
import { leaksIn } from '../support/leaks';
import { startServer, type TestServer } from '../support/server';
import { nodesAgent } from './clients';

const { redirect, retry } = undici.interceptors;
const credentials = new Credentials({ ...held, opentok });
const schemes: Scheme[] = ['query', 'basic', 'body', 'signature', 'opentok'];
const agents: undici.Dispatcher[] = [];

let gateway: TestServer;
let other: TestServer;
/** Where the gateway redirects to. The gateway adds the query of the request, as many servers do. */
let location: string;

beforeAll(async () => {
  other = await startServer((_request, response) => response.end('other'));
  gateway = await startServer((request, response) => {
    const { searchParams } = new URL(String(request.url), gateway.origin);
    const status = Number(searchParams.get('status'));
    const query = String(request.url).split('?')[1] ?? '';
    response.writeHead(status, { location: `${location}?${query}` }).end();
  });
});
afterAll(async () => {
  await gateway.close();
  await other.close();
});
beforeEach(() => {
  gateway.received.length = 0;
  other.received.length = 0;
  location = `${other.origin}/other`;
});
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
});

const authOf = (more: Product[] = []) =>
  new AuthInjector(credentials, {
    products: [
      ...schemes.map((scheme): Product => ({
        name: scheme,
        urls: [`${gateway.origin}/${scheme}/`],
        schemes: [scheme],
      })),
      ...more,
    ],
  });
const interceptor = () => authInterceptor(authOf());
const redirects = () => redirect({ maxRedirections: 5 });

/** Every order of interceptors, and whether the redirect is followed. */
const orders: [string, boolean, (agent: undici.Dispatcher) => undici.Dispatcher][] = [
  ['redirect() after authInterceptor', true, (agent) => agent.compose(interceptor(), redirects())],
  [
    'redirect() before authInterceptor',
    false,
    (agent) => agent.compose(redirects(), interceptor()),
  ],
  [
    'redirect() on both sides of authInterceptor',
    true,
    (agent) => agent.compose(redirects(), interceptor(), redirects()),
  ],
  [
    'retry() before authInterceptor and redirect() after both',
    true,
    (agent) => agent.compose(retry(), interceptor()).compose(redirects()),
  ],
  [
    'redirect() before authInterceptor and retry() after it',
    false,
    (agent) => agent.compose(redirects(), interceptor(), retry()),
  ],
];

test.each(orders)('with %s, the other host never sees the credential', async (...row) => {
  const [, isFollowed, compose] = row;
  const dispatcher = compose(new undici.Agent());
  agents.push(dispatcher);
  const shown: object[] = [];
  for (const status of [301, 302, 303, 307, 308]) {
    for (const scheme of schemes) {
      const { statusCode, headers } = await undici.request(
        `${gateway.origin}/${scheme}/a?status=${status}`,
        {
          ...{ dispatcher, method: 'POST', body: 'text=Hello' },
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
      );
      expect(statusCode).toBe(isFollowed ? 200 : status);
      shown.push(headers);
    }
  }
  expect(gateway.received.join(' ')).toMatch(/Basic .*sig=|OpenTok|X-OPENTOK/s);
  expect(other.received.length > 0).toBe(isFollowed);
  expect(leaksIn(shown, [held.apiSecret, opentok.apiSecret])).toEqual([]);
  const seen = other.received.join('\n');
  expect(leaksIn(seen, [held.apiSecret])).toEqual([]);
  expect(seen).not.toMatch(
    /authorization|opentok|api_secret=A|[?&]sig=(?!%5Bredacted|\[redacted)/i,
  );
});

test('the option maxRedirections of undici 6 redirects no request with a credential', async () => {
  const dispatcher = nodesAgent({ maxRedirections: 5 }).compose(interceptor());
  agents.push(dispatcher);
  for (const [path, followed] of [
    ['basic', 0],
    ['none', 1],
  ] as const) {
    const options = { path: `/${path}/a?status=302`, method: 'GET', maxRedirections: 5 } as const;
    await dispatcher.request({ origin: gateway.origin, ...options });
    expect(other.received).toHaveLength(followed);
  }
});

test.each(['undici.fetch', 'fetch'])(
  '%s follows a redirect without the credential',
  async (name) => {
    const dispatcher = new undici.Agent().compose(interceptor());
    agents.push(dispatcher);
    for (const scheme of schemes.filter((each) => each !== 'body')) {
      const url = `${gateway.origin}/${scheme}/a?status=302`;
      const send = (name === 'fetch' ? fetch : undici.fetch) as typeof fetch;
      const response = await send(url, { dispatcher } as object);
      expect(await response.text()).toBe('other');
      expect([response.url, ...response.headers].join(' ')).not.toContain(held.apiSecret);
    }
    expect(other.received).toHaveLength(4);
    expect(other.received.join(' ')).not.toMatch(/authorization|opentok/i);
    expect(leaksIn(other.received, [held.apiSecret])).toEqual([]);
  },
);

test('a redirect to a product gets the credential of that product', async () => {
  const products: Product[] = [
    { name: 'other', urls: [`${other.origin}/other`], schemes: ['basic'] },
  ];
  const dispatcher = new undici.Agent().compose(authInterceptor(authOf(products)), redirects());
  agents.push(dispatcher);
  await undici.request(`${gateway.origin}/opentok/a?status=302`, { dispatcher });
  expect(other.received[0]).toContain('Basic ');
  expect(other.received[0]).not.toMatch(/opentok/i);
});

describe('for http: to a loopback host', () => {
  let proxy: TestServer & { tunnels: number };
  beforeEach(async () => {
    let tunnels = 0;
    const sockets = new Set<Duplex>();
    const server = createServer((request, response) => {
      const { url, method, headers } = request;
      request.pipe(forward(String(url), { method, headers }, (answer) => answer.pipe(response)));
    });
    server.on('connect', (request, socket, head) => {
      tunnels += 1;
      sockets.add(socket);
      const [host, port] = String(request.url).split(':');
      const tunnel = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        tunnel.write(head);
        tunnel.pipe(socket).pipe(tunnel);
      });
      tunnel.on('error', () => socket.destroy());
      socket.on('error', () => tunnel.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = {
      origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      received: [],
      get tunnels() {
        return tunnels;
      },
      async close() {
        server.close();
        server.closeAllConnections();
        for (const socket of sockets) socket.destroy();
        await once(server, 'close');
      },
    };
  });
  afterEach(() => proxy.close());

  test.each<[string, (uri: string) => undici.Dispatcher]>([
    ['a ProxyAgent', (uri) => new undici.ProxyAgent(uri)],
    ['a ProxyAgent without a tunnel', (uri) => new undici.ProxyAgent({ uri, proxyTunnel: false })],
    [
      'an EnvHttpProxyAgent',
      (uri) => new undici.EnvHttpProxyAgent({ httpProxy: uri, noProxy: '' }),
    ],
    [
      'a ProxyAgent that adds Host to a copy of the headers, as in undici 8',
      (uri) => new CopyingProxyAgent(uri),
    ],
  ])('%s is refused before the credential is sent', async (_kind, agentOf) => {
    location = gateway.origin;
    const dispatcher = agentOf(proxy.origin).compose(interceptor());
    agents.push(dispatcher);
    for (const scheme of ['query', 'basic']) {
      const sent = undici.request(`${gateway.origin}/${scheme}/a?status=200`, {
        dispatcher,
        headers: { host: new URL(gateway.origin).host },
      });
      await expect(sent).rejects.toMatchObject({ code: 'ERR_HOST_NOT_ALLOWED' });
    }
    expect(gateway.received).toEqual([]);
    // Without a credential, the proxy works.
    const plain = await undici.request(`${gateway.origin}/none?status=200`, { dispatcher });
    expect(plain.statusCode).toBe(200);
  });

  /** Adds the Host header as the ProxyAgent of undici 8 does. */
  class CopyingProxyAgent extends undici.ProxyAgent {
    override dispatch(
      options: undici.Dispatcher.DispatchOptions,
      handler: undici.Dispatcher.DispatchHandler,
    ): boolean {
      const { host } = new URL(String(options.origin));
      const headers = { ...(options.headers as Record<string, string>), host };
      return super.dispatch({ ...options, headers }, handler);
    }
  }

  const copiesHeaders: undici.Dispatcher.DispatcherComposeInterceptor =
    (dispatch) => (options, handler) =>
      dispatch(
        { ...options, headers: { ...(options.headers as object), 'user-agent': 'x' } },
        handler,
      );

  /** Copies the headers without their symbols. */
  const copiesNames: undici.Dispatcher.DispatcherComposeInterceptor =
    (dispatch) => (options, handler) => {
      const headers = Object.fromEntries(Object.entries(options.headers as object));
      return dispatch({ ...options, headers: headers as Record<string, string> }, handler);
    };

  /** Calls `onConnect` before it dispatches a request. If that call aborts, aborts the dispatched request too. */
  const startsEarly: undici.Dispatcher.DispatcherComposeInterceptor =
    (dispatch) => (options, handler) => {
      const legacy = handler as LegacyHandler;
      let reason: unknown;
      legacy.onConnect?.((error) => (reason = error));
      const early: LegacyHandler = {
        ...legacy,
        onConnect: (abort) => {
          if (reason !== undefined) abort(reason);
        },
      };
      return dispatch(options, early as undici.Dispatcher.DispatchHandler);
    };

  /** Starts a request early, and ignores that it is aborted, as `retry` and `dump` of undici 6 do together. */
  const ignoresAbort: undici.Dispatcher.DispatcherComposeInterceptor =
    (dispatch) => (options, handler) => {
      const legacy = handler as LegacyHandler;
      legacy.onConnect?.(() => undefined);
      const early: LegacyHandler = { ...legacy, onConnect: () => undefined };
      return dispatch(options, early as undici.Dispatcher.DispatchHandler);
    };

  type Options = undici.Dispatcher.DispatchOptions;
  const changes =
    (
      change: (options: Options) => Partial<Options>,
    ): undici.Dispatcher.DispatcherComposeInterceptor =>
    (dispatch) =>
    (options, handler) =>
      dispatch({ ...options, ...change(options) }, handler);

  const interceptors: [string, undici.Dispatcher.DispatcherComposeInterceptor][] = [
    ['dns', undici.interceptors.dns()],
    ['cache', undici.interceptors.cache()],
    ['deduplicate', undici.interceptors.deduplicate()],
    ['dump', undici.interceptors.dump()],
    ['retry', undici.interceptors.retry()],
    ['redirect', undici.interceptors.redirect()],
    ['retry of undici 6, which starts a request early', startsEarly],
    ['retry and dump of undici 6, which ignore abort', ignoresAbort],
    ['an interceptor of the caller', copiesHeaders],
    ['one that adds a parameter', changes(({ path }) => ({ path: `${path}&v=1` }))],
    [
      'one that changes letters of the path',
      changes(({ path }) => ({ path: path.replace('/a?', '/A?') })),
    ],
    ['one that changes the method', changes(() => ({ method: 'PUT' }))],
    ['an interceptor that drops symbols', copiesNames],
  ];

  const formType = 'application/x-www-form-urlencoded';

  async function expectRefusal(
    dispatcher: undici.Dispatcher,
    origin: string,
    earlier = 0,
  ): Promise<void> {
    agents.push(dispatcher);
    for (const scheme of ['basic', 'query', 'body']) {
      const isForm = scheme === 'body';
      const sent = undici.request(`${origin}/${scheme}/a?status=200`, {
        dispatcher,
        ...(isForm && { method: 'POST', body: 'text=A', headers: { 'content-type': formType } }),
      });
      await expect(sent).rejects.toMatchObject({ code: 'ERR_HOST_NOT_ALLOWED' });
      expect(gateway.received).toHaveLength(earlier);
    }
  }

  test.each(interceptors)(
    'with another interceptor before authInterceptor, a proxy is refused before the credential is sent: %s',
    async (_kind, first) => {
      location = gateway.origin;
      const { origin } = proxy;
      const composed = (agent: undici.Dispatcher) => agent.compose(first, interceptor());
      await expectRefusal(composed(new undici.ProxyAgent(origin)), gateway.origin);
      await expectRefusal(composed(new CopyingProxyAgent(origin)), gateway.origin);
      const options = { httpProxy: origin, noProxy: '' };
      await expectRefusal(composed(new undici.EnvHttpProxyAgent(options)), gateway.origin);
    },
  );

  test.each(interceptors)(
    'with another interceptor before authInterceptor, an Agent is accepted: %s',
    async (_kind, first) => {
      location = gateway.origin;
      const dispatcher = new undici.Agent().compose(first, interceptor());
      agents.push(dispatcher);
      const url = `${gateway.origin}/basic/a?status=200`;
      expect((await undici.request(url, { dispatcher })).statusCode).toBe(200);
    },
  );

  test('after an accepted and a refused request, the channel undici:request:create has no subscriber', async () => {
    const dispatcher = new undici.Agent().compose(interceptor());
    agents.push(dispatcher);
    await undici.request(`${gateway.origin}/basic/a?status=200`, { dispatcher });
    await expectRefusal(
      new undici.ProxyAgent(proxy.origin).compose(interceptor()),
      gateway.origin,
      1,
    );
    expect(hasSubscribers('undici:request:create')).toBe(false);
  });

  test('an EnvHttpProxyAgent that excludes the host is accepted', async () => {
    const options = { httpProxy: proxy.origin, noProxy: '127.0.0.1' };
    const dispatcher = new undici.EnvHttpProxyAgent(options).compose(interceptor());
    agents.push(dispatcher);
    const url = `${gateway.origin}/basic/a?status=200`;
    expect((await undici.request(url, { dispatcher })).statusCode).toBe(200);
    expect(proxy.tunnels).toBe(0);
  });
});
