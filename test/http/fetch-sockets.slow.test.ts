// src/http/detached-stream.ts: garbage collection of responses.
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fetch as undiciFetch } from 'undici';
import { AuthInjector, createAuthFetch, Credentials } from '../../src';
import { held } from '../support/account';
import { startServer, type TestServer } from '../support/server';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let server: TestServer;
const closed = new Map<string, number>();
beforeAll(async () => {
  server = await startServer((request, response) => {
    const path = new URL(String(request.url), server.origin).pathname;
    request.socket.once('close', () => closed.set(path, (closed.get(path) ?? 0) + 1));
    // More bytes than the buffers of a socket hold, so that the connection stays busy until the body is read.
    response.end(Buffer.alloc(8 * 1024 * 1024, 'x'));
  });
});
afterAll(() => server.close());

const fetches = { "Node's fetch": fetch, undici: undiciFetch as unknown as typeof fetch };

function authFetchOn(send: typeof fetch): typeof fetch {
  const products = [{ name: 'own', urls: [server.origin], schemes: ['query'] as const }];
  return createAuthFetch(new AuthInjector(new Credentials(held), { products }), { fetch: send });
}

let runs = 0;

/** How many of ten connections with unread responses are closed after garbage collection. */
async function closedOfTen(send: typeof fetch): Promise<number | undefined> {
  runs += 1;
  const path = `/run-${runs}`;
  for (let index = 0; index < 10; index += 1) await send(server.origin + path);
  for (let round = 0; round < 50 && closed.get(path) !== 10; round += 1) {
    await sleep(20);
    collectGarbage();
  }
  return closed.get(path);
}

describe.each(Object.entries(fetches))('with %s', (_name, send) => {
  test('plain fetch closes the connection of a response that nobody reads', async () => {
    expect(await closedOfTen(send)).toBe(10);
  });

  test('createAuthFetch closes the connection of a response that nobody reads', async () => {
    expect(await closedOfTen(authFetchOn(send))).toBe(10);
  });

  test('a response that is referenced but not yet read is not garbage-collected', async () => {
    const response = await authFetchOn(send)(server.origin);
    for (let round = 0; round < 5; round += 1) {
      await sleep(10);
      collectGarbage();
    }
    expect((await response.arrayBuffer()).byteLength).toBe(8 * 1024 * 1024);
  });

  test('a body that is referenced without its response is not garbage-collected', async () => {
    const { body } = await authFetchOn(send)(server.origin);
    for (let round = 0; round < 5; round += 1) {
      await sleep(10);
      collectGarbage();
    }
    let length = 0;
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) length += chunk.length;
    expect(length).toBe(8 * 1024 * 1024);
  });
});
