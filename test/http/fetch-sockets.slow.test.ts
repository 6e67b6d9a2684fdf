// src/http/detached-stream.ts and src/http/held-stream.ts: garbage collection of responses.
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import axios, { type AxiosRequestConfig } from 'axios';
import { fetch as undiciFetch } from 'undici';
import { attachAuth, AuthInjector, createAuthFetch, Credentials } from '../../src';
import { held } from '../support/account';
import { startServer, type TestServer } from '../support/server';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** More bytes than the buffers of a socket hold, so that the connection stays busy until the body is read. */
const length = 8 * 1024 * 1024;

let server: TestServer;
const closed = new Map<string, number>();
beforeAll(async () => {
  server = await startServer((request, response) => {
    const { pathname } = new URL(String(request.url), server.origin);
    request.socket.once('close', () => closed.set(pathname, (closed.get(pathname) ?? 0) + 1));
    const [, status, size] = pathname.split('/');
    response.writeHead(Number(status));
    // A short body never ends.
    if (size === 'short') response.write('refused');
    else response.end(Buffer.alloc(length, 'x'));
  });
});
afterAll(() => server.close());

type Send = (url: string) => Promise<unknown>;

const authOn = () => {
  const products = [{ name: 'own', urls: [server.origin], schemes: ['query'] as const }];
  return new AuthInjector(new Credentials(held), { products });
};
const authFetchOn = (send: typeof fetch) => createAuthFetch(authOn(), { fetch: send });

let runs = 0;

/** How many of ten connections with unread responses are closed after garbage collection. */
async function closedOfTen(send: Send, kind: string): Promise<number | undefined> {
  runs += 1;
  const path = `/${kind}/run-${runs}`;
  for (let index = 0; index < 10; index += 1) await send(server.origin + path);
  for (let round = 0; round < 50 && closed.get(path) !== 10; round += 1) {
    await sleep(20);
    collectGarbage();
  }
  return closed.get(path);
}

const kinds = ['200/long', '401/long', '401/short', '403/long'];

describe.each(
  Object.entries({ "Node's fetch": fetch, undici: undiciFetch as unknown as typeof fetch }),
)('with %s', (_name, send) => {
  test.each(kinds)(
    'plain fetch closes the connection of a response that nobody reads: %s',
    async (kind) => {
      expect(await closedOfTen(send, kind)).toBe(10);
    },
  );

  test.each(kinds)(
    'createAuthFetch closes the connection of a response that nobody reads: %s',
    async (kind) => {
      expect(await closedOfTen(authFetchOn(send), kind)).toBe(10);
    },
  );

  test.each(kinds)(
    'createAuthFetch closes the connection of two clones that nobody reads: %s',
    async (kind) => {
      const clones = async (url: string) => (await authFetchOn(send)(url)).clone();
      expect(await closedOfTen(clones, kind)).toBe(10);
    },
  );

  test.each(['200', '401'])(
    'a response that is referenced but not yet read is not garbage-collected: %s',
    async (status) => {
      const response = await authFetchOn(send)(`${server.origin}/${status}`);
      for (let round = 0; round < 5; round += 1) {
        await sleep(10);
        collectGarbage();
      }
      expect((await response.arrayBuffer()).byteLength).toBe(length);
    },
  );

  test.each(['200', '401'])(
    'a body that is referenced without its response is not garbage-collected: %s',
    async (status) => {
      const { body } = await authFetchOn(send)(`${server.origin}/${status}`);
      for (let round = 0; round < 5; round += 1) {
        await sleep(10);
        collectGarbage();
      }
      let bytes = 0;
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) bytes += chunk.length;
      expect(bytes).toBe(length);
    },
  );
});

test.each(kinds)(
  'axios with the adapter fetch closes the connection of a stream that nobody reads: %s',
  async (kind) => {
    const config = { adapter: 'fetch', responseType: 'stream', validateStatus: null } as const;
    const http = axios.create(config);
    attachAuth(http, authOn());
    expect(await closedOfTen((url) => http.get(url), kind)).toBe(10);
  },
);

test.each<[string, AxiosRequestConfig]>([
  ['signal', { signal: new AbortController().signal }],
  ['cancelToken', { cancelToken: axios.CancelToken.source().token }],
  ['timeout', { timeout: 600_000 }],
  ['onDownloadProgress', { onDownloadProgress: () => undefined }],
])(
  'axios with the adapter fetch and the option %s closes the connection of a refusal that nobody reads',
  async (_name, options) => {
    const http = axios.create({ adapter: 'fetch', responseType: 'stream', validateStatus: null });
    attachAuth(http, authOn());
    expect(await closedOfTen((url) => http.get(url, options), '401/short')).toBe(10);
  },
);
