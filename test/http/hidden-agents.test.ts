import { Agent } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import axios from 'axios';
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

test('an agent always gets the same look-alike, and the other fields of a config are unchanged', () => {
  const agent = new Agent();
  const [first, second] = [{ httpAgent: agent }, { httpAgent: agent, httpsAgent: false, other: 1 }];
  hideAgents(first);
  expect(hideAgents(second)).toEqual({ httpAgent: agent });
  expect(second).toEqual({ httpAgent: first.httpAgent, httpsAgent: false, other: 1 });
  expect(hideAgents(second)).toEqual({ httpAgent: agent });
});
