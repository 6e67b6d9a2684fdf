import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { runInThisContext } from 'node:vm';
import axios from 'axios';
import * as undici from 'undici';
import { attachAuth, AuthInjector, createAuthFetch, Credentials, OAuth1Flow } from '../../src';
import { axiosRouteOf, type Route, routeOf } from '../../src/injector/no-proxy';
import { startSandbox, type Sandbox } from '../../src/testing';
import { held, oauth1 } from '../support/account';
import { failure, rejection } from '../support/errors';

/** The wrapper of undici 8. The whole package needs Node 22. */
const Dispatcher1Wrapper = jest.requireActual<new (inner: object) => undici.Dispatcher>(
  'undici-8/lib/dispatcher/dispatcher1-wrapper.js',
);

/*
 * Which proxy Node itself uses is tested on Node 22, 24 and 26 by test/package. Here the dispatchers of the undici
 * package are put where Node keeps its own.
 */
const proxy = 'http://127.0.0.1:1';
const loopback = 'http://127.0.0.1:8080/';
const direct = new undici.Agent();
const keyOf = (version: number) => Symbol.for(`undici.globalDispatcher.${version}`);
/** Sets a global dispatcher, or deletes its key if it is undefined, since later test files run in the same realm. */
const install = (version: number, dispatcher: unknown, realm: object = globalThis) =>
  dispatcher === undefined
    ? Reflect.deleteProperty(realm, keyOf(version))
    : Reflect.set(realm, keyOf(version), dispatcher);
const main = runInThisContext('globalThis') as object;
let original: (readonly [version: number, dispatcher: unknown, realm: object])[];
const globalOptions = (http.globalAgent as unknown as { options: { proxyEnv?: object } }).options;
const { globalAgent } = http;

const byNode = (url: string, given: Route = {}) => routeOf(url, given, fetch);

/** Never called. */
const dispatch = () => true;

/** Sends by `http.request` with the option `agent`, as node-fetch does. */
const httpFetch = (async (url: string, init: { agent?: http.Agent }) => {
  const [{ statusCode }] = (await once(http.get(url, init), 'response')) as [IncomingMessage];
  return new Response(null, { status: Number(statusCode) });
}) as unknown as typeof fetch;

/** The dispatcher that an EnvHttpProxyAgent uses for hosts without a proxy. undici keeps it under a symbol. */
const inNoProxy = (agent: object) =>
  Object.getOwnPropertySymbols(agent)
    .filter(({ description }) => description === 'no proxy agent')
    .map((key) => Reflect.get(agent, key) as unknown)[0];
const envProxy = () => new undici.EnvHttpProxyAgent({ httpProxy: proxy });

let sandbox: Sandbox;
beforeAll(async () => {
  // Makes Node set its own dispatcher.
  await fetch('data:,');
  original = [main, globalThis].flatMap((realm) =>
    [1, 2].map((version) => [version, Reflect.get(realm, keyOf(version)), realm] as const),
  );
});
beforeEach(async () => {
  sandbox = await startSandbox({ ...held, oauth1 });
});
afterEach(async () => {
  for (const [version, dispatcher, realm] of original) install(version, dispatcher, realm);
  delete globalOptions.proxyEnv;
  http.globalAgent = globalAgent;
  await sandbox.close();
});

describe('the route of http: to a loopback host', () => {
  test.each<[string, object | undefined]>([
    ['not set', undefined],
    ['an Agent', direct],
    ['an Agent with options', new undici.Agent({ connect: { timeout: 1 }, connections: 1 })],
    ['a MockAgent', new undici.MockAgent()],
  ])('names no dispatcher if the global dispatcher is %s', (_what, dispatcher) => {
    install(1, dispatcher);
    expect(byNode(loopback)).toEqual({ agent: expect.any(http.Agent) as http.Agent });
  });

  test.each([1, 2])(
    'uses the no-proxy dispatcher of an EnvHttpProxyAgent (undici.globalDispatcher.%i)',
    (version) => {
      class Subclass extends undici.EnvHttpProxyAgent {}
      for (const agent of [envProxy(), new Subclass({ httpProxy: proxy })]) {
        install(1, direct);
        install(version, agent);
        expect(inNoProxy(agent)).toBeInstanceOf(undici.Agent);
        expect(byNode(loopback).dispatcher).toBe(inNoProxy(agent));
      }
    },
  );

  test("uses the no-proxy dispatcher also in a vm context such as Jest's, if the main context has the EnvHttpProxyAgent", () => {
    const agent = envProxy();
    install(1, undefined);
    install(1, agent, main);
    expect(byNode(loopback).dispatcher).toBe(inNoProxy(agent));
  });

  test('uses the no-proxy dispatcher also if undici 8 wraps the dispatcher for older versions', () => {
    const agent = envProxy();
    for (const [dispatcher, expected] of [
      [direct, undefined],
      [agent, inNoProxy(agent)],
    ] as const) {
      const dispatch: unknown = Reflect.get(dispatcher, 'dispatch');
      install(1, new Dispatcher1Wrapper(dispatcher));
      install(2, dispatcher);
      expect(byNode(loopback).dispatcher).toBe(expected);
      expect(byNode(loopback).dispatcher).toBe(expected);
      expect(Object.hasOwn(dispatcher, 'dispatch')).toBe(false);
      expect(Reflect.get(dispatcher, 'dispatch')).toBe(dispatch);
    }
  });

  const wrapper = new Dispatcher1Wrapper(direct);
  test.each<[string, object, object | undefined]>([
    ['there is no number 2', wrapper, undefined],
    ['number 2 is a wrapper too', wrapper, new Dispatcher1Wrapper(direct)],
    ['number 1 wraps a ProxyAgent', new Dispatcher1Wrapper(new undici.ProxyAgent(proxy)), direct],
    ['number 1 wraps an EnvHttpProxyAgent', new Dispatcher1Wrapper(envProxy()), direct],
    ['number 1 wraps another Agent', new Dispatcher1Wrapper(new undici.Agent()), direct],
    ['number 2 cannot be checked', wrapper, Object.freeze(new undici.Agent())],
    [
      'number 2 has a dispatch of its own',
      wrapper,
      Object.assign(new undici.Agent(), { dispatch }),
    ],
  ])('is refused if number 1 may be more than the copy of undici 8: %s', (_what, first, second) => {
    install(1, first);
    Reflect.set(globalThis, keyOf(2), second);
    expect(failure(() => byNode(loopback)).code).toBe('ERR_HOST_NOT_ALLOWED');
  });

  class Subclass extends undici.ProxyAgent {}
  class Tunnel extends undici.Agent {}
  class Agent extends undici.Agent {}
  class Custom extends undici.Dispatcher {}
  const through = new undici.ProxyAgent(proxy);
  const overridden = new undici.Agent();
  overridden.dispatch = through.dispatch.bind(through);
  test.each<[string, object]>([
    ['a ProxyAgent', through],
    ['a subclass of ProxyAgent', new Subclass(proxy)],
    ['a RetryAgent around an EnvHttpProxyAgent', new undici.RetryAgent(envProxy())],
    ['a MockAgent around an EnvHttpProxyAgent', new undici.MockAgent({ agent: envProxy() })],
    ['a dispatcher of a class of its own', new Custom()],
    ['a subclass of Agent', new Tunnel()],
    ['a subclass of Agent that is named Agent too', new Agent()],
    ['an Agent whose dispatch method is replaced', overridden],
    ['an Agent with interceptors', new undici.Agent().compose((dispatch) => dispatch)],
    ['an Agent that connects by code of its own', new undici.Agent({ connect: () => undefined })],
    ['an Agent that makes clients of its own', new undici.Agent({ factory: () => through })],
    ['an object without a class', Object.create(null) as object],
    ['no object', 'http://127.0.0.1:1' as never],
    [
      'an EnvHttpProxyAgent without a no-proxy dispatcher',
      Object.create({ constructor: { name: 'EnvHttpProxyAgent' } }),
    ],
  ])('is refused if the global dispatcher is %s', (_what, dispatcher) => {
    install(1, dispatcher);
    const { code, message } = failure(() => byNode(loopback));
    expect(code).toBe('ERR_HOST_NOT_ALLOWED');
    expect(message).toContain('dispatcher');
    // What the caller chose is trusted, and https: is encrypted.
    expect(byNode(loopback, { dispatcher }).dispatcher).toBe(dispatcher);
    expect(byNode('https://rest.nexmo.com/')).toEqual({});
  });

  test('treats a dispatcher of null as missing', () => {
    expect(byNode('https://rest.nexmo.com/', { dispatcher: null })).toEqual({});
    install(1, through);
    expect(failure(() => byNode(loopback, { dispatcher: null })).code).toBe('ERR_HOST_NOT_ALLOWED');
  });

  test.each([false, 0, '', null, undefined])(
    'treats the agent %j as missing, as node-fetch does',
    (none) => {
      const { agent } = byNode(loopback);
      expect(routeOf(loopback, { agent: none }, httpFetch)).toEqual({ agent });
      const { agent: chosen } = routeOf(loopback, { agent: () => none }, httpFetch);
      expect((chosen as () => unknown)()).toBe(agent);
      install(1, through);
      expect(failure(() => routeOf(loopback, { agent: none }, httpFetch)).code).toBe(
        'ERR_HOST_NOT_ALLOWED',
      );
    },
  );

  test('keeps an agent of the caller, and a function that returns one', () => {
    const own = new http.Agent();
    const chosen = { agent: own, dispatcher: direct };
    expect(byNode('https://rest.nexmo.com/', chosen)).toEqual(chosen);
    expect(routeOf(loopback, { agent: own }, httpFetch).agent).toBe(own);
    const { agent } = routeOf(loopback, { agent: (url: unknown) => [own, url] }, httpFetch);
    expect((agent as (url: string) => unknown)('a')).toEqual([own, 'a']);
  });

  test('uses an agent of its own, never the global one', () => {
    const { agent } = byNode(loopback);
    expect(agent).toBeInstanceOf(http.Agent);
    expect(agent).not.toBe(http.globalAgent);
    http.globalAgent = new (class ProxyAgent extends http.Agent {})();
    expect(byNode(loopback).agent).toBe(agent);
    expect(axiosRouteOf('https://rest.nexmo.com/', {}, 'http')).toEqual({ fetchOptions: {} });
    for (const httpAgent of [undefined, null, false]) {
      expect(axiosRouteOf(loopback, { httpAgent }, 'http')).toMatchObject({ httpAgent: agent });
    }
  });
});

describe("a fetch that is not Node's own", () => {
  const custom = (url: string, given: Route = {}) => routeOf(url, given, httpFetch);
  const agentWith = (proxyEnv: object) => (globalOptions.proxyEnv = proxyEnv);

  test.each<[string, () => unknown]>([
    ['HTTP_PROXY is in force', () => agentWith({ HTTP_PROXY: proxy })],
    ['http_proxy is in force', () => agentWith({ http_proxy: proxy })],
    // Node and undici read NO_PROXY and no_proxy differently.
    ['NO_PROXY names the host', () => agentWith({ HTTP_PROXY: proxy, NO_PROXY: '127.0.0.1' })],
    ['NO_PROXY names all hosts', () => agentWith({ HTTP_PROXY: proxy, NO_PROXY: '*' })],
    [
      'no_proxy is empty beside NO_PROXY',
      () => agentWith({ HTTP_PROXY: proxy, no_proxy: '', NO_PROXY: '*' }),
    ],
    [
      'the global agent is of another class',
      () => {
        http.globalAgent = new (class ProxyAgent extends http.Agent {})();
      },
    ],
    [
      'the global agent connects in a way of its own',
      () => {
        http.globalAgent = Object.assign(new http.Agent(), { createConnection: () => undefined });
      },
    ],
    ['the global agent has no class', () => (http.globalAgent = Object.create(null) as http.Agent)],
    ['the global dispatcher is an EnvHttpProxyAgent', () => install(1, envProxy())],
    ['the global dispatcher is a ProxyAgent', () => install(1, new undici.ProxyAgent(proxy))],
  ])('is refused for a loopback host if %s', (_what, arrange) => {
    arrange();
    for (const url of [loopback, 'http://[::1]:8080/', 'http://localhost/']) {
      const { code, message } = failure(() => custom(url));
      expect(code).toBe('ERR_HOST_NOT_ALLOWED');
      expect(message).toContain('Pass a dispatcher or an agent with the request');
    }
    // What the caller chose is trusted, and https: is encrypted.
    expect(custom(loopback, { dispatcher: direct }).dispatcher).toBe(direct);
    install(1, direct);
    expect(custom(loopback, { agent: 1 }).agent).toBe(1);
    expect(custom('https://rest.nexmo.com/')).toEqual({});
  });

  test.each<[string, () => unknown]>([
    ['no proxy is in force', () => undefined],
    ['a proxy is for https: alone', () => agentWith({ HTTPS_PROXY: proxy, HTTP_PROXY: undefined })],
    ['HTTP_PROXY is empty', () => agentWith({ HTTP_PROXY: '' })],
    ['the global dispatcher is an Agent', () => install(1, new undici.Agent())],
  ])('may send to a loopback host if %s', (_what, arrange) => {
    arrange();
    expect(custom(loopback).agent).toBeInstanceOf(http.Agent);
  });

  const patched: typeof fetch = async (input, init) => nodes(input, init);
  const nodes = fetch;
  test.each<[string, unknown]>([
    ['a function around fetch', patched],
    ['a bound copy of fetch', fetch.bind(globalThis)],
    ['the fetch of the undici package', undici.fetch],
    ['a function named fetch', { fetch: () => undefined }.fetch],
    ['undefined', undefined],
  ])('is refused with a proxy in force if it is %s', (_what, send) => {
    globalOptions.proxyEnv = { HTTP_PROXY: proxy };
    expect(failure(() => routeOf(loopback, {}, send)).code).toBe('ERR_HOST_NOT_ALLOWED');
    expect(byNode(loopback).agent).toBeInstanceOf(http.Agent);
  });
});

describe('a loopback request with a credential', () => {
  const authOf = () => new AuthInjector(new Credentials(held), { products: sandbox.products });
  const sms = () => `${sandbox.url('sms')}json?from=Nexmo&to=447700900000&text=Hello`;
  const through = new undici.ProxyAgent(proxy);

  test('by createAuthFetch is not sent through a ProxyAgent', async () => {
    install(1, through);
    const { code } = await rejection(createAuthFetch(authOf())(sms()), [held.apiSecret]);
    expect(code).toBe('ERR_HOST_NOT_ALLOWED');
    expect(sandbox.requests).toEqual([]);
  });

  test('by a fetch like node-fetch is not sent through HTTP_PROXY', async () => {
    globalOptions.proxyEnv = { HTTP_PROXY: proxy };
    const byHttpFetch = createAuthFetch(authOf(), { fetch: httpFetch });
    expect((await rejection(byHttpFetch(sms()))).code).toBe('ERR_HOST_NOT_ALLOWED');
    const client = axios.create({ adapter: 'fetch', env: { fetch: httpFetch } });
    attachAuth(client, authOf());
    expect((await rejection(client.get(sms()))).code).toBe('ERR_HOST_NOT_ALLOWED');
    expect(sandbox.requests).toEqual([]);
    // Without a proxy, the request goes through the agent of this package.
    delete globalOptions.proxyEnv;
    const addRequest = jest.spyOn(http.Agent.prototype, 'addRequest' as never);
    expect((await byHttpFetch(sms())).status).toBe(200);
    expect(addRequest.mock.contexts).toEqual([byNode(loopback).agent]);
    addRequest.mockRestore();
  });

  test('by a function in place of the global fetch, which drops the dispatcher, is not sent through HTTP_PROXY', async () => {
    globalOptions.proxyEnv = { HTTP_PROXY: proxy };
    const { fetch: original } = globalThis;
    const early = createAuthFetch(authOf());
    globalThis.fetch = async (input, { headers = {} } = {}) => original(input, { headers });
    try {
      const client = axios.create({ adapter: 'fetch' });
      attachAuth(client, authOf());
      for (const sending of [early(sms()), createAuthFetch(authOf())(sms()), client.get(sms())]) {
        expect((await rejection(sending)).code).toBe('ERR_HOST_NOT_ALLOWED');
      }
    } finally {
      globalThis.fetch = original;
    }
    expect(sandbox.requests).toEqual([]);
  });

  test('by the global fetch passed as an option is sent', async () => {
    globalOptions.proxyEnv = { HTTP_PROXY: proxy };
    expect((await createAuthFetch(authOf(), { fetch })(sms())).status).toBe(200);
  });

  test('by axios is refused with the fetch adapter if a ProxyAgent is global, and is sent with the http adapter', async () => {
    install(1, through);
    for (const adapter of ['fetch', 'http'] as const) {
      const client = axios.create({ adapter });
      attachAuth(client, authOf());
      const sending = client.get(sms());
      if (adapter === 'http') expect((await sending).status).toBe(200);
      else expect((await rejection(sending, [held.apiSecret])).code).toBe('ERR_HOST_NOT_ALLOWED');
    }
    expect(sandbox.requests).toHaveLength(1);
  });

  test('by axios and by OAuth1Flow goes through the agent of this package, which has no proxy', async () => {
    const proxied: unknown[] = [];
    const request = jest.spyOn(http, 'request').mockImplementation((...args: unknown[]) => {
      proxied.push((args[0] as { agent?: unknown }).agent);
      throw new Error('seen');
    });
    globalOptions.proxyEnv = { HTTP_PROXY: proxy };
    const client = axios.create();
    attachAuth(client, authOf());
    await expect(client.get(sms())).rejects.toThrow('seen');
    const flow = new OAuth1Flow(new Credentials({ oauth1 }), { endpoints: sandbox.oauth1 });
    expect((await rejection(flow.requestToken('oob'))).code).toBe('ERR_OAUTH1_UNREACHABLE');
    request.mockRestore();
    const { agent } = byNode(loopback);
    expect(proxied).toEqual([agent, agent]);
  });

  test('by OAuth1Flow and the fetch adapter is refused with ERR_HOST_NOT_ALLOWED', async () => {
    install(1, through);
    const client = axios.create({ adapter: 'fetch' });
    const credentials = new Credentials({ oauth1 });
    const flow = new OAuth1Flow(credentials, { axios: client, endpoints: sandbox.oauth1 });
    expect((await rejection(flow.requestToken('oob'))).code).toBe('ERR_HOST_NOT_ALLOWED');
    const byHttp = new OAuth1Flow(credentials, { endpoints: sandbox.oauth1 });
    expect(await byHttp.requestToken('oob')).toBeDefined();
  });

  test('does not use the proxy with a dispatcher of undefined or null, or with fetch listed before http', async () => {
    for (const dispatcher of [undefined, null]) {
      const none = { dispatcher };
      install(1, through);
      const byFetch = createAuthFetch(authOf())(sms(), none as object);
      expect((await rejection(byFetch)).code).toBe('ERR_HOST_NOT_ALLOWED');
      for (const adapter of ['fetch', ['fetch', 'http']] as const) {
        const client = axios.create({ adapter: adapter as 'fetch', fetchOptions: none });
        attachAuth(client, authOf());
        expect((await rejection(client.get(sms()))).code).toBe('ERR_HOST_NOT_ALLOWED');
      }
    }
    expect(sandbox.requests).toEqual([]);
  });

  test('is sent with a dispatcher of null if there is no proxy', async () => {
    const none = { dispatcher: null };
    expect((await createAuthFetch(authOf())(sms(), none as object)).status).toBe(200);
    const client = axios.create({ adapter: 'fetch', fetchOptions: none });
    attachAuth(client, authOf());
    expect((await client.get(sms())).status).toBe(200);
  });

  test("goes through the caller's own agent, which is trusted", async () => {
    globalOptions.proxyEnv = { HTTP_PROXY: proxy };
    const httpAgent = new http.Agent();
    const create = jest.spyOn(httpAgent, 'createConnection' as never);
    const client = axios.create({ httpAgent });
    attachAuth(client, authOf());
    expect((await client.get(sms())).status).toBe(200);
    expect(create).toHaveBeenCalledTimes(1);
    const flow = new OAuth1Flow(new Credentials({ oauth1 }), {
      axios: axios.create({ httpAgent }),
      endpoints: sandbox.oauth1,
    });
    await flow.requestToken('oob');
    expect(create).toHaveBeenCalledTimes(2);
  });
});
