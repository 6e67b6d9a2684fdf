import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { runInThisContext } from 'node:vm';
import axios from 'axios';
import * as undici from 'undici';
import { attachAuth, AuthInjector, createAuthFetch, Credentials, OAuth1Flow } from '../../src';
import { axiosRouteOf, routeOf } from '../../src/injector/no-proxy';
import { startSandbox, type Sandbox } from '../../src/testing';
import { held, oauth1 } from '../support/account';
import { failure, rejection } from '../support/errors';

/*
 * Which proxy Node itself uses is tested on Node 22, 24 and 26 by test/package. Here the dispatchers of the undici
 * package are put where Node keeps its own.
 */
const proxy = 'http://127.0.0.1:1';
const loopback = 'http://127.0.0.1:8080/';
const direct = new undici.Agent();
const keyOf = (version: number) => Symbol.for(`undici.globalDispatcher.${version}`);
const install = (version: number, dispatcher: unknown, realm: object = globalThis) =>
  Reflect.set(realm, keyOf(version), dispatcher);
const main = runInThisContext('globalThis') as object;
let original: (readonly [version: number, dispatcher: unknown, realm: object])[];
const globalOptions = (http.globalAgent as unknown as { options: { proxyEnv?: object } }).options;
const { globalAgent } = http;

/** Sends by `http.request` with the option `agent`, as node-fetch does. */
const httpFetch = (async (url: string, init: { agent?: http.Agent }) => {
  const [{ statusCode }] = (await once(http.get(url, init), 'response')) as [IncomingMessage];
  return new Response(null, { status: Number(statusCode) });
}) as unknown as typeof fetch;

/** Direct for undici, but known by nothing but its class. */
const inNoProxy = (agent: object) =>
  Object.getOwnPropertySymbols(agent)
    .filter(({ description }) => description === 'no proxy agent')
    .map((key) => Reflect.get(agent, key) as unknown)[0];
const envProxy = () => new undici.EnvHttpProxyAgent({ httpProxy: proxy });

let sandbox: Sandbox;
beforeAll(async () => {
  // Has Node set its own.
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
    ['none', undefined],
    ['an Agent', direct],
    ['an Agent with options', new undici.Agent({ connect: { timeout: 1 }, connections: 1 })],
    ['a MockAgent', new undici.MockAgent()],
  ])('has the global dispatcher where that is %s', (_what, dispatcher) => {
    install(1, dispatcher);
    expect(routeOf(loopback)).toEqual({ agent: expect.any(http.Agent) as http.Agent });
  });

  test.each([1, 2])(
    'has the dispatcher for hosts without a proxy of an EnvHttpProxyAgent (undici.globalDispatcher.%i)',
    (version) => {
      class Subclass extends undici.EnvHttpProxyAgent {}
      for (const agent of [envProxy(), new Subclass({ httpProxy: proxy })]) {
        install(1, direct);
        install(version, agent);
        expect(inNoProxy(agent)).toBeInstanceOf(undici.Agent);
        expect(routeOf(loopback).dispatcher).toBe(inNoProxy(agent));
      }
    },
  );

  test('has it in a vm context too, as in Jest, where Node keeps the dispatcher in the main one', () => {
    const agent = envProxy();
    install(1, undefined);
    install(1, agent, main);
    expect(routeOf(loopback).dispatcher).toBe(inNoProxy(agent));
  });

  test('has it where undici 8 wraps its dispatcher for older versions', () => {
    class Dispatcher1Wrapper extends undici.Dispatcher {}
    install(1, new Dispatcher1Wrapper());
    install(2, direct);
    expect(routeOf(loopback).dispatcher).toBeUndefined();
    const agent = envProxy();
    install(2, agent);
    expect(routeOf(loopback).dispatcher).toBe(inNoProxy(agent));
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
    ['a subclass of Agent with its name', new Agent()],
    ['an Agent with another dispatch', overridden],
    ['an Agent with interceptors', new undici.Agent().compose((dispatch) => dispatch)],
    ['an Agent that connects by code of its own', new undici.Agent({ connect: () => undefined })],
    ['an Agent that makes clients of its own', new undici.Agent({ factory: () => through })],
    ['an object without a class', Object.create(null) as object],
    ['no object', 'http://127.0.0.1:1' as never],
    [
      'an EnvHttpProxyAgent without its agent',
      Object.create({ constructor: { name: 'EnvHttpProxyAgent' } }),
    ],
  ])('is refused where the global dispatcher is %s', (_what, dispatcher) => {
    install(1, dispatcher);
    const { code, message } = failure(() => routeOf(loopback));
    expect(code).toBe('ERR_HOST_NOT_ALLOWED');
    expect(message).toContain('dispatcher');
    // What the caller chose is trusted, and https: is encrypted.
    expect(routeOf(loopback, { dispatcher }).dispatcher).toBe(dispatcher);
    expect(routeOf('https://rest.nexmo.com/')).toEqual({});
  });

  test('has a dispatcher of null as none', () => {
    expect(routeOf('https://rest.nexmo.com/', { dispatcher: null })).toEqual({});
    install(1, through);
    expect(failure(() => routeOf(loopback, { dispatcher: null })).code).toBe(
      'ERR_HOST_NOT_ALLOWED',
    );
  });

  test('has one agent that is not the global one, whatever that is', () => {
    const { agent } = routeOf(loopback);
    expect(agent).toBeInstanceOf(http.Agent);
    expect(agent).not.toBe(http.globalAgent);
    http.globalAgent = new (class ProxyAgent extends http.Agent {})();
    expect(routeOf(loopback).agent).toBe(agent);
    expect(axiosRouteOf('https://rest.nexmo.com/', {}, 'http')).toEqual({ fetchOptions: {} });
    for (const httpAgent of [undefined, null, false]) {
      expect(axiosRouteOf(loopback, { httpAgent }, 'http')).toMatchObject({ httpAgent: agent });
    }
  });
});

describe('a fetch that the caller brought, where HTTP_PROXY is in force for Node,', () => {
  const custom = (url: string, given = {}) => routeOf(url, given, true);

  test.each<[string, string, object]>([
    ['a host', loopback, { HTTP_PROXY: proxy }],
    ['the name in small letters', loopback, { http_proxy: proxy }],
    ['another host in NO_PROXY', loopback, { HTTP_PROXY: proxy, NO_PROXY: 'localhost,::1' }],
    ['another port in NO_PROXY', loopback, { HTTP_PROXY: proxy, NO_PROXY: '127.0.0.1:80' }],
    [
      'the other spelling of NO_PROXY',
      loopback,
      { HTTP_PROXY: proxy, no_proxy: 'x', NO_PROXY: '*' },
    ],
    ['IPv6', 'http://[::1]:8080/', { HTTP_PROXY: proxy, NO_PROXY: '[::1],[::1]:8080' }],
  ])('is refused: %s', (_what, url, proxyEnv) => {
    globalOptions.proxyEnv = proxyEnv;
    const { code, message } = failure(() => custom(url));
    expect(code).toBe('ERR_HOST_NOT_ALLOWED');
    expect(message).toContain('NO_PROXY');
    // Node's own knows the dispatcher, and the caller's is trusted.
    expect(routeOf(url).agent).toBeDefined();
    expect(custom(url, { agent: 1 }).agent).toBe(1);
    expect(custom(url, { dispatcher: direct }).dispatcher).toBe(direct);
  });

  test.each<[string, string, object | undefined]>([
    ['no proxy', loopback, undefined],
    ['a proxy for https: alone', loopback, { HTTPS_PROXY: proxy, HTTP_PROXY: undefined }],
    ['an empty HTTP_PROXY', loopback, { HTTP_PROXY: '' }],
    ['the host in NO_PROXY', loopback, { HTTP_PROXY: proxy, NO_PROXY: 'x, 127.0.0.1 ' }],
    ['host and port in it', loopback, { HTTP_PROXY: proxy, no_proxy: '127.0.0.1:8080' }],
    ['all hosts in it', 'http://[::1]/', { HTTP_PROXY: proxy, NO_PROXY: '*' }],
    ['https:', 'https://rest.nexmo.com/', { HTTP_PROXY: proxy }],
  ])('sends: %s', (_what, url, proxyEnv) => {
    if (proxyEnv !== undefined) globalOptions.proxyEnv = proxyEnv;
    expect(() => custom(url)).not.toThrow();
  });

  test('sends where the global agent has no options', () => {
    http.globalAgent = Object.create(null) as http.Agent;
    expect(() => custom(loopback)).not.toThrow();
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
    // The agent that is given with it is its own.
    delete globalOptions.proxyEnv;
    const proxied = jest.spyOn(http.globalAgent, 'addRequest' as never);
    expect((await byHttpFetch(sms())).status).toBe(200);
    expect(proxied).not.toHaveBeenCalled();
    proxied.mockRestore();
  });

  test('by the global fetch that the caller named is sent', async () => {
    globalOptions.proxyEnv = { HTTP_PROXY: proxy };
    expect((await createAuthFetch(authOf(), { fetch })(sms())).status).toBe(200);
  });

  test('by the fetch adapter of axios is not sent through a ProxyAgent, by the http adapter it is sent', async () => {
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

  test('by axios and by OAuth1Flow goes through the agent without a proxy', async () => {
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
    const { agent } = routeOf(loopback);
    expect(proxied).toEqual([agent, agent]);
  });

  test('by OAuth1Flow and the fetch adapter is refused by what is wrong', async () => {
    install(1, through);
    const client = axios.create({ adapter: 'fetch' });
    const credentials = new Credentials({ oauth1 });
    const flow = new OAuth1Flow(credentials, { axios: client, endpoints: sandbox.oauth1 });
    expect((await rejection(flow.requestToken('oob'))).code).toBe('ERR_HOST_NOT_ALLOWED');
    const byHttp = new OAuth1Flow(credentials, { endpoints: sandbox.oauth1 });
    expect(await byHttp.requestToken('oob')).toBeDefined();
  });

  test('is not led through it by a dispatcher of undefined or null, or by fetch in front of http', async () => {
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

  test('is sent with a dispatcher of null where there is no proxy', async () => {
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
