import { Agent, createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { AxiosRequestConfig } from 'axios';
import { byHttp, differs, forEach, newByHttp, topic } from './behaviour';
import { outcome, request } from './outcome';

const notFollowed =
  'A redirect is not followed, whatever `maxRedirects` and `beforeRedirect` say. You get the 3xx response, which axios treats as an error by default.';
const detour =
  '`socketPath`, `transport` and the adapter `xhr` are refused with `ERR_HOST_NOT_ALLOWED`, because they could send the credential to another host.';
const noProxy =
  'An `http:` request to a loopback host bypasses every proxy, because its credential would leave the machine in clear text.';

const statuses = [301, 302, 303, 307, 308];

const counting = () => {
  let connections = 0;
  const agent = new Agent({ keepAlive: true });
  const { createConnection } = agent as unknown as {
    createConnection: (...given: unknown[]) => unknown;
  };
  Object.assign(agent, {
    createConnection(...given: unknown[]) {
      connections += 1;
      return createConnection.apply(agent, given);
    },
  });
  return { agent, count: () => connections };
};

export const routes = topic(
  forEach(statuses, 'a redirect with %s', (status) =>
    differs(notFollowed, request({ url: `/redirect/${status}` })),
  ),
  forEach(statuses, 'a redirect of a POST with %s', (status) =>
    differs(notFollowed, request({ url: `/redirect/${status}`, method: 'post', data: { a: 1 } })),
  ),
  forEach(statuses, 'a redirect with %s and maxRedirects: 0', (status) =>
    byHttp(request({ url: `/redirect/${status}`, maxRedirects: 0 })),
  ),
  {
    'a redirect that is accepted with maxRedirects: 0': byHttp(
      request({ url: '/redirect/302', maxRedirects: 0, validateStatus: () => true }),
    ),

    'a redirect to itself': differs(
      notFollowed,
      byHttp(request({ url: '/loop', maxRedirects: 3 })),
    ),

    'a redirect without a Location': request({ url: '/nowhere' }),

    'fetchOptions.redirect: error': {
      by: 'fetch',
      run: request({
        url: '/redirect/302',
        fetchOptions: { redirect: 'error' },
      } as AxiosRequestConfig),
    },

    'fetchOptions.redirect: manual': {
      by: 'fetch',
      run: request({
        url: '/redirect/302',
        fetchOptions: { redirect: 'manual' },
      } as AxiosRequestConfig),
    },

    'a beforeRedirect callback': differs(
      notFollowed,
      byHttp(async ({ create }) => {
        const seen: unknown[] = [];
        await outcome(
          create().get('/redirect/302', {
            beforeRedirect: () => seen.push('called'),
          } as AxiosRequestConfig),
        );
        return seen;
      }),
    ),

    'a request after a redirect': async ({ create }) => {
      const http = create();
      await outcome(http.get('/redirect/302'));
      return outcome(http.get('/text'));
    },

    'an agent that connects': byHttp(async ({ create }) => {
      const { agent, count } = counting();
      const seen = await outcome(create().get('/text', { httpAgent: agent }));
      agent.destroy();
      return [seen, count()];
    }),

    'an agent that keeps a connection': byHttp(async ({ create }) => {
      const { agent, count } = counting();
      const http = create({ httpAgent: agent });
      const ports = [await http.get<unknown>('/socket'), await http.get<unknown>('/socket')];
      agent.destroy();
      return [ports[0]?.data === ports[1]?.data, count()];
    }),

    'an agent for one request': byHttp(async ({ create }) => {
      const { agent, count } = counting();
      const http = create();
      await http.get('/text', { httpAgent: agent });
      await http.get('/text');
      agent.destroy();
      return count();
    }),

    'an agent with few sockets': byHttp(async ({ create }) => {
      const agent = new Agent({ maxSockets: 1, keepAlive: true });
      const http = create({ httpAgent: agent });
      const seen = await Promise.all([1, 2, 3].map((n) => outcome(http.get(`/text/${n}`))));
      agent.destroy();
      return seen;
    }),

    'an agent in response.config': differs(
      'An agent in `response.config` and `error.config` is a stand-in without sockets and other objects. It sends through your agent.',
      byHttp(async ({ create }) => {
        const agent = new Agent();
        const { config } = await create().get('/text', { httpAgent: agent });
        return config.httpAgent === agent;
      }),
    ),

    'a lookup function': newByHttp((world) => {
      const asked: string[] = [];
      const lookup = (name: string, _options: object, done: (...given: unknown[]) => void) => {
        asked.push(name);
        done(null, '127.0.0.1', 4);
      };
      const baseURL = world.server.origin.replace('127.0.0.1', 'localhost');
      return outcome(
        world.create().get('/text', { baseURL, lookup } as unknown as AxiosRequestConfig),
      ).then(() => 'answered');
    }),

    'an address family': newByHttp(request({ url: '/text', family: 4 } as AxiosRequestConfig)),

    'proxy: false': byHttp(request({ url: '/text', proxy: false })),

    'a proxy': differs(
      noProxy,
      byHttp(async ({ create }) => {
        const proxy = createServer((_request, response) => response.end('by the proxy')).listen(
          0,
          '127.0.0.1',
        );
        await once(proxy, 'listening');
        const { port } = proxy.address() as AddressInfo;
        const seen = await outcome(
          create().get('/text', { proxy: { protocol: 'http', host: '127.0.0.1', port } }),
        );
        proxy.close();
        proxy.closeAllConnections();
        return seen;
      }),
    ),

    socketPath: differs(detour, byHttp(request({ url: '/text', socketPath: '/none.sock' }))),

    transport: differs(
      detour,
      byHttp(
        request({
          url: '/text',
          transport: {
            request: () => {
              throw new Error('called');
            },
          },
        }),
      ),
    ),

    'a request by HTTP/2': newByHttp(async ({ create, server }) => {
      const other = createHttp2Server((request, response) => {
        request.resume();
        request.on('end', () => {
          if (request.url.startsWith('/redirect')) response.writeHead(302, { location: '/end' });
          response.end(`${request.method} by HTTP/${request.httpVersion}`);
        });
      });
      const { port } = new URL(server.origin);
      // The HTTP/2 server takes the place of the HTTP/1.1 server, at the URL of the product.
      await server.close();
      other.listen(Number(port), '127.0.0.1');
      await once(other, 'listening');
      const http = create({ httpVersion: 2, http2Options: { sessionTimeout: 20 } } as object);
      const seen = [
        await outcome(http.get('/a')),
        await outcome(http.post('/a', { a: 1 })),
        await outcome(http.get('/redirect')),
      ];
      other.close();
      return seen;
    }),
  },
);
