import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import axios from 'axios';
import { AuthInjector, Credentials, type Product, type Scheme } from '../../src';
import { applicationId, held, oauth1, opentok } from '../support/account';
import { clients } from '../support/clients';
import { keyText } from '../support/keys';

const privateKey = keyText('rsa-pkcs8');
const credentials = new Credentials({ ...held, applicationId, privateKey, oauth1, opentok });
const schemes: Scheme[] = ['query', 'body', 'basic', 'bearer', 'signature', 'oauth1', 'opentok'];
const statuses = [301, 302, 303, 307, 308];
const targetNames = ['other host', 'other port', 'other scheme'] as const;

/** How many connections the targets of the redirects got. */
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

/** A server that counts connections and speaks no protocol. */
const createCounter = () =>
  createTcpServer((socket) => {
    connections += 1;
    socket.destroy();
  });

/** Redirects `/<scheme>/<status>/<target>` to that target. */
const redirect: RequestListener = (request, response) => {
  const [, , status, target] = new URL(String(request.url), 'http://gateway').pathname.split('/');
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const { authorization, 'x-opentok-auth': opentokToken } = request.headers;
    const header = authorization ?? `OpenTok ${String(opentokToken)}`;
    arrived.push(`${String(request.url)} ${header} ${body}`);
    const origin = String(targets.get(decodeURIComponent(String(target))));
    response.writeHead(Number(status), { location: `${origin}${String(request.url)}` }).end();
  });
};

let gateway: string;
let auth: AuthInjector;
beforeAll(async () => {
  const port = await listen(createServer(redirect), '127.0.0.1');
  gateway = `http://127.0.0.1:${port}`;
  await listen(createCounter(), '127.0.0.2', port);
  targets.set('other host', `http://127.0.0.2:${port}`);
  targets.set('other port', `http://127.0.0.1:${await listen(createCounter(), '127.0.0.1')}`);
  targets.set('other scheme', `https://127.0.0.1:${await listen(createCounter(), '127.0.0.1')}`);
  // No credential follows a redirect, even if the target is a product too.
  const targetProduct: Product = {
    name: 'targets',
    urls: [...targets.values()],
    schemes: ['query'],
  };
  const products = schemes.map((scheme): Product => ({
    name: scheme,
    urls: [`${gateway}/${scheme}/`],
    schemes: [scheme],
  }));
  auth = new AuthInjector(credentials, { products: [...products, targetProduct] });
});
afterAll(() => {
  for (const server of servers) server.close();
});
beforeEach(() => {
  connections = 0;
  arrived = [];
});

const cases = statuses.flatMap((status) => targetNames.map((target) => [status, target] as const));

describe.each(clients)('by %s', (_client, sendBy) => {
  test.each(cases)(
    'a redirect by %i to an %s is not followed, whatever the credential',
    async (status, target) => {
      for (const scheme of schemes) {
        const url = `${gateway}/${scheme}/${status}/${encodeURIComponent(target)}`;
        for (const method of scheme === 'body' ? ['post', 'put'] : ['get', 'post', 'put']) {
          const data = method === 'get' ? undefined : new URLSearchParams({ text: 'x' });
          expect(await sendBy(auth, { method, url, data })).toMatchObject({ status });
        }
      }
      const attached = /api_secret=|Basic |Bearer |sig=|oauth_signature="|OpenTok eyJ/;
      expect(arrived).toHaveLength(3 * schemes.length - 1);
      expect(arrived.every((request) => attached.test(request))).toBe(true);
      expect(connections).toBe(0);
    },
  );
});

test.each(targetNames)('a client that follows a redirect is counted at the %s', async (target) => {
  await axios.get(`${gateway}/none/302/${encodeURIComponent(target)}`).catch(() => undefined);
  expect(connections).toBeGreaterThan(0);
});
