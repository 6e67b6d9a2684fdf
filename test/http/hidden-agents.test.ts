import { Agent } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import axios from 'axios';
import { Agent as UndiciAgent, fetch as undiciFetch } from 'undici';
import { attachAuth, AuthInjector, Credentials } from '../../src';
import { hideAgents } from '../../src/http/hidden-agents';
import { leaksIn } from '../support/leaks';
import { startServer } from '../support/server';

test('a request uses the caller’s agent, and so does one sent again from response.config', async () => {
  const server = await startServer((_request, response) => response.end());
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const opened = jest.spyOn(agent, 'createConnection' as never);
  const http = axios.create({ adapter: 'http', httpAgent: agent, baseURL: server.origin });
  const credentials = new Credentials({ apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' });
  const products = [{ name: 'own', urls: [`${server.origin}/own`], schemes: ['query'] as const }];
  attachAuth(http, new AuthInjector(credentials, { products }));
  for (const url of ['/own', '/other']) {
    const { config } = await http.get(url);
    expect(config.httpAgent).not.toBe(agent);
    expect(config.httpAgent).toBeInstanceOf(Agent);
    await http.request(config);
  }
  expect(http.defaults.httpAgent).toBe(agent);
  expect(server.received).toHaveLength(4);
  expect(opened).toHaveBeenCalledTimes(1);
  agent.destroy();
  await server.close();
});

test('the look-alike that replaces an agent sends through that agent, even in an axios instance without attachAuth', async () => {
  const server = await startServer((_request, response) => response.end('arrived'));
  const agent = new Agent({ keepAlive: true });
  const opened = jest.spyOn(agent, 'createConnection' as never);
  const config = { httpAgent: agent };
  expect(hideAgents(config)).toEqual({ httpAgent: agent });
  const { data } = await axios.get<string>(server.origin, { ...config, adapter: 'http' });
  expect(data).toBe('arrived');
  expect(opened).toHaveBeenCalledTimes(1);
  agent.destroy();
  await server.close();
});

test('a look-alike does not show the requests that wait for a socket of its agent', async () => {
  const server = await startServer((_request, response) => response.end());
  const agent = new Agent({ maxSockets: 1 });
  const both = ['first', 'second'].map((path) =>
    axios.get(`${server.origin}/${path}`, { adapter: 'http', httpAgent: agent }),
  );
  while (Object.keys(agent.requests).length === 0) await setImmediate();
  const config: Record<string, unknown> = { httpAgent: agent };
  hideAgents(config);
  expect(leaksIn(config, ['/second'])).toEqual([]);
  await Promise.all(both);
  await server.close();
});

/** Keeps an agent and a list of sockets, as the ProxyAgent of the package proxy-agent does. */
class WrappingAgent extends Agent {
  readonly #port = 8080;
  readonly own = new Agent({ keepAlive: true });
  readonly cache = { first: this.own };
  readonly label = 'mine';

  constructor() {
    super();
    Object.assign(this, { [Symbol('inner')]: [this.own] });
  }

  get port(): number {
    return this.#port;
  }

  addRequest(...args: unknown[]): void {
    (this.own as unknown as { addRequest(...args: unknown[]): void }).addRequest(...args);
  }
}

test('a look-alike shows no inner agent, no symbol and no TLS session, but the text and the numbers of its agent', async () => {
  const server = await startServer((_request, response) => response.end('arrived'));
  const agent = new WrappingAgent();
  Object.assign(agent, { _sessionCache: { map: { [server.origin]: Buffer.from('master') } } });
  const http = axios.create({ adapter: 'http', httpAgent: agent });
  const pending = http.get(`${server.origin}/pending`);
  const config: Record<string, unknown> = { httpAgent: agent };
  hideAgents(config);
  const shown = config['httpAgent'] as WrappingAgent;
  expect(JSON.stringify(config)).toBe('{"httpAgent":{}}');
  expect(Reflect.ownKeys(shown)).toEqual([]);
  expect([shown.own, shown.cache, shown.sockets]).toEqual([{}, {}, {}]);
  expect(leaksIn(config, ['/pending', 'master'])).toEqual([]);
  expect([shown.label, shown.maxSockets, shown.port]).toEqual(['mine', Infinity, 8080]);
  expect((await pending).data).toBe('arrived');
  const { data } = await axios.get<string>(server.origin, { ...config, adapter: 'http' });
  expect(data).toBe('arrived');
  agent.own.destroy();
  await server.close();
});

test('an agent of node-fetch and a dispatcher of undici are hidden in fetchOptions', async () => {
  const server = await startServer((_request, response) => response.end('arrived'));
  const [agent, dispatcher] = [new Agent({ keepAlive: true }), new UndiciAgent()];
  const fetchOptions = { agent, dispatcher, priority: 'high' };
  const config: Record<string, unknown> = { fetchOptions };
  expect(hideAgents(config)).toEqual({ fetchOptions });
  expect(fetchOptions).toEqual({ agent, dispatcher, priority: 'high' });
  const shown = config['fetchOptions'] as typeof fetchOptions;
  expect(shown.priority).toBe('high');
  expect(shown.agent).toBeInstanceOf(Agent);
  expect(Reflect.ownKeys(shown.agent)).toEqual([]);
  const response = await undiciFetch(server.origin, { dispatcher: shown.dispatcher });
  expect(await response.text()).toBe('arrived');
  expect(hideAgents(config)).toEqual({ fetchOptions });
  const agentOnly: Record<string, unknown> = { fetchOptions: {} };
  expect(hideAgents(agentOnly)).toEqual({ fetchOptions: {} });
  await dispatcher.close();
  await server.close();
});

test.each([
  ['httpAgent', 'http'],
  ['fetchOptions.dispatcher', 'fetch'],
])(
  'while a request is pending, %s in the error of another request shows nothing of it',
  async (_option, adapter) => {
    const server = await startServer((request, response) => {
      if (request.url?.startsWith('/own/pending') === true) return;
      response.writeHead(401).end();
    });
    const [agent, dispatcher] = [new WrappingAgent(), new UndiciAgent()];
    const http = axios.create({
      adapter,
      env: { fetch: undiciFetch, Request: null, Response: null },
      httpAgent: agent,
      fetchOptions: { dispatcher },
    } as object);
    const credentials = new Credentials({ apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' });
    const products = [{ name: 'own', urls: [`${server.origin}/own`], schemes: ['query'] as const }];
    attachAuth(http, new AuthInjector(credentials, { products }));
    const controller = new AbortController();
    const pending = http.get(`${server.origin}/own/pending`, { signal: controller.signal });
    const isPending = expect(pending).rejects.toThrow();
    while (server.received.length === 0) await setImmediate();
    for (const path of ['own', 'other']) {
      const error: unknown = await http
        .get(`${server.origin}/${path}`)
        .catch((each: unknown) => each);
      expect(error).toMatchObject({ response: { status: 401 } });
      expect(leaksIn(error, ['ABCDEFGH01234abc'])).toEqual([]);
    }
    controller.abort();
    await isPending;
    agent.own.destroy();
    await dispatcher.destroy();
    await server.close();
  },
);

test('an agent always gets the same look-alike, and the other fields of a config are unchanged', () => {
  const agent = new Agent();
  const [first, second] = [{ httpAgent: agent }, { httpAgent: agent, httpsAgent: false, other: 1 }];
  hideAgents(first);
  expect(hideAgents(second)).toEqual({ httpAgent: agent });
  expect(second).toEqual({ httpAgent: first.httpAgent, httpsAgent: false, other: 1 });
  expect(hideAgents(second)).toEqual({ httpAgent: agent });
});
