import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import axios from 'axios';
import { AuthInjector, Credentials, type Product, type Scheme } from '../../src';
import { applicationId, held, oauth1 } from '../support/account';
import { clients } from '../support/clients';
import { keyText } from '../support/keys';

const privateKey = keyText('rsa-pkcs8');
const credentials = new Credentials({ ...held, applicationId, privateKey, oauth1 });
const schemes: Scheme[] = ['query', 'body', 'basic', 'bearer', 'signature', 'oauth1'];
const statuses = [301, 302, 303, 307, 308];
const places = ['other host', 'other port', 'other scheme'] as const;

/** How often anything at all came to the places to which the gateway redirects. */
let connections = 0;
let arrived: string[] = [];
const targets = new Map<string, string>();
const servers: Server[] = [];

async function listen(server: Server, host: string, port = 0): Promise<number> {
  servers.push(server);
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Speaks no protocol: that somebody connects is enough. */
const elsewhere = () =>
  createTcpServer((socket) => {
    connections += 1;
    socket.destroy();
  });

/** Redirects `/<scheme>/<status>/<place>` to that place. */
const redirect: RequestListener = (request, response) => {
  const [, , status, place] = new URL(String(request.url), 'http://gateway').pathname.split('/');
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    arrived.push(`${String(request.url)} ${String(request.headers.authorization)} ${body}`);
    const target = String(targets.get(decodeURIComponent(String(place))));
    response.writeHead(Number(status), { location: `${target}${String(request.url)}` }).end();
  });
};

let gateway: string;
let auth: AuthInjector;
beforeAll(async () => {
  const port = await listen(createServer(redirect), '127.0.0.1');
  gateway = `http://127.0.0.1:${port}`;
  await listen(elsewhere(), '127.0.0.2', port);
  targets.set('other host', `http://127.0.0.2:${port}`);
  targets.set('other port', `http://127.0.0.1:${await listen(elsewhere(), '127.0.0.1')}`);
  targets.set('other scheme', `https://127.0.0.1:${await listen(elsewhere(), '127.0.0.1')}`);
  // Even where the other place is a product, too, no credential goes there by itself.
  const others: Product = { name: 'others', urls: [...targets.values()], schemes: ['query'] };
  const products = schemes.map((scheme): Product => ({
    name: scheme,
    urls: [`${gateway}/${scheme}/`],
    schemes: [scheme],
  }));
  auth = new AuthInjector(credentials, { products: [...products, others] });
});
afterAll(() => {
  for (const server of servers) server.close();
});
beforeEach(() => {
  connections = 0;
  arrived = [];
});

const cases = statuses.flatMap((status) => places.map((place) => [status, place] as const));

describe.each(clients)('by %s', (_client, sendBy) => {
  test.each(cases)(
    'a redirect by %i to an %s is not followed, with any scheme',
    async (status, place) => {
      for (const scheme of schemes) {
        const url = `${gateway}/${scheme}/${status}/${encodeURIComponent(place)}`;
        for (const method of scheme === 'body' ? ['post', 'put'] : ['get', 'post', 'put']) {
          const data = method === 'get' ? undefined : new URLSearchParams({ text: 'x' });
          expect(await sendBy(auth, { method, url, data })).toMatchObject({ status });
        }
      }
      const attached = /api_secret=|Basic |Bearer |sig=|oauth_signature="/;
      expect(arrived).toHaveLength(3 * schemes.length - 1);
      expect(arrived.every((request) => attached.test(request))).toBe(true);
      expect(connections).toBe(0);
    },
  );
});

test.each(places)('a client without credentials is seen at the %s', async (place) => {
  await axios.get(`${gateway}/none/302/${encodeURIComponent(place)}`).catch(() => undefined);
  expect(connections).toBeGreaterThan(0);
});
