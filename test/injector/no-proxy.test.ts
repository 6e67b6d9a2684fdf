import http from 'node:http';
import axios from 'axios';
import { attachAuth, AuthInjector, createAuthFetch, Credentials, OAuth1Flow } from '../../src';
import { directAgent, directDispatcher } from '../../src/injector/no-proxy';
import { startSandbox, type Sandbox } from '../../src/testing';
import { held, oauth1 } from '../support/account';
import { failure, rejection } from '../support/errors';

/*
 * Which proxy Node itself uses is tested on Node 22, 24 and 26 by test/package. Here stand-ins are where Node keeps
 * its own.
 */
function Agent() {
  // As a dispatcher of Node is known by the name of its class alone.
}
function ProxyAgent() {
  // The same.
}
function EnvHttpProxyAgent(this: object) {
  Reflect.set(this, Symbol('no proxy agent'), direct);
}
const made = (constructor: (...args: never[]) => void): object =>
  Reflect.construct(constructor, []) as object;
const direct = made(Agent);
const keyOf = (version: number) => Symbol.for(`undici.globalDispatcher.${version}`);
const install = (version: number, dispatcher: unknown) =>
  Reflect.set(globalThis, keyOf(version), dispatcher);
const original = [1, 2].map(
  (version) => [version, Reflect.get(globalThis, keyOf(version))] as const,
);
const globalOptions = (http.globalAgent as unknown as { options: { proxyEnv?: object } }).options;

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ ...held, oauth1 });
});
afterEach(async () => {
  for (const [version, dispatcher] of original) install(version, dispatcher);
  delete globalOptions.proxyEnv;
  await sandbox.close();
});

test('without a proxy, fetch and http.request use what they use by default', () => {
  install(1, direct);
  expect(directDispatcher()).toBeUndefined();
  expect(directAgent()).toBeUndefined();
});

test.each([1, 2])(
  'with the proxy of the environment (undici.globalDispatcher.%i), the dispatcher for hosts without a proxy is used',
  (version) => {
    install(1, made(Agent));
    install(version, made(EnvHttpProxyAgent));
    expect(directDispatcher()).toBe(direct);
  },
);

test('with the proxy of the environment, http.request uses one agent without a proxy', () => {
  globalOptions.proxyEnv = { HTTP_PROXY: 'http://127.0.0.1:1' };
  const agent = directAgent();
  expect(agent).toBeInstanceOf(http.Agent);
  expect(agent).not.toBe(http.globalAgent);
  expect(directAgent()).toBe(agent);
});

test('a proxy that cannot be left out is refused', () => {
  install(1, made(ProxyAgent));
  const { code, message } = failure(() => directDispatcher());
  expect(code).toBe('ERR_HOST_NOT_ALLOWED');
  expect(message).toContain('dispatcher');
});

describe('a loopback request with a credential', () => {
  const authOf = () => new AuthInjector(new Credentials(held), { products: sandbox.products });
  const sms = () => `${sandbox.url('sms')}json?from=Nexmo&to=447700900000&text=Hello`;

  test('by createAuthFetch is not sent through a ProxyAgent', async () => {
    install(1, made(ProxyAgent));
    const { code } = await rejection(createAuthFetch(authOf())(sms()), [held.apiSecret]);
    expect(code).toBe('ERR_HOST_NOT_ALLOWED');
    expect(sandbox.requests).toEqual([]);
  });

  test('by the fetch adapter of axios is not sent through a ProxyAgent, by the http adapter it is sent', async () => {
    install(1, made(ProxyAgent));
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
    globalOptions.proxyEnv = { HTTP_PROXY: 'http://127.0.0.1:1' };
    const client = axios.create();
    attachAuth(client, authOf());
    await expect(client.get(sms())).rejects.toThrow('seen');
    const flow = new OAuth1Flow(new Credentials({ oauth1 }), { endpoints: sandbox.oauth1 });
    expect((await rejection(flow.requestToken('oob'))).code).toBe('ERR_OAUTH1_UNREACHABLE');
    request.mockRestore();
    expect(proxied).toEqual([directAgent(), directAgent()]);
  });

  test('is not led through it by a dispatcher of undefined, or by fetch in front of http', async () => {
    install(1, made(ProxyAgent));
    const none = { dispatcher: undefined };
    const byFetch = createAuthFetch(authOf())(sms(), none as object);
    expect((await rejection(byFetch)).code).toBe('ERR_HOST_NOT_ALLOWED');
    for (const adapter of ['fetch', ['fetch', 'http']] as const) {
      const client = axios.create({ adapter: adapter as 'fetch', fetchOptions: none });
      attachAuth(client, authOf());
      expect((await rejection(client.get(sms()))).code).toBe('ERR_HOST_NOT_ALLOWED');
    }
    expect(sandbox.requests).toEqual([]);
  });

  test("goes through the caller's own agent, which is trusted", async () => {
    globalOptions.proxyEnv = { HTTP_PROXY: 'http://127.0.0.1:1' };
    const httpAgent = new http.Agent();
    const create = jest.spyOn(httpAgent, 'createConnection' as never);
    const client = axios.create({ httpAgent });
    attachAuth(client, authOf());
    expect((await client.get(sms())).status).toBe(200);
    expect(create).toHaveBeenCalledTimes(1);
  });
});
