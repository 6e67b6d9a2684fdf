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
let closed = 0;
beforeAll(async () => {
  server = await startServer((request, response) => {
    request.socket.once('close', () => (closed += 1));
    // More than a socket buffers, so that the connection stays busy until the body is read.
    response.end(Buffer.alloc(8 * 1024 * 1024, 'x'));
  });
});
afterAll(() => server.close());

const fetches = { "Node's fetch": fetch, undici: undiciFetch as unknown as typeof fetch };

function authFetchOn(send: typeof fetch): typeof fetch {
  const products = [{ name: 'own', urls: [server.origin], schemes: ['query'] as const }];
  return createAuthFetch(new AuthInjector(new Credentials(held), { products }), { fetch: send });
}

async function closedAfter(requests: () => Promise<unknown>): Promise<number> {
  const before = closed;
  await requests();
  for (let round = 0; round < 20 && closed - before < 10; round += 1) {
    await sleep(20);
    collectGarbage();
  }
  return closed - before;
}

const ten = async (send: typeof fetch) => {
  for (let index = 0; index < 10; index += 1) await send(server.origin);
};

describe.each(Object.entries(fetches))('with %s', (_name, send) => {
  test('plain fetch closes the connection of an answer that nobody reads', async () => {
    expect(await closedAfter(() => ten(send))).toBe(10);
  });

  test('createAuthFetch leaks no socket of an answer that nobody reads', async () => {
    expect(await closedAfter(() => ten(authFetchOn(send)))).toBe(10);
  });

  test('an answer that is held but not yet read is not collected', async () => {
    const response = await authFetchOn(send)(server.origin);
    for (let round = 0; round < 5; round += 1) {
      await sleep(10);
      collectGarbage();
    }
    expect((await response.arrayBuffer()).byteLength).toBe(8 * 1024 * 1024);
  });

  test('the body of an answer that is held without the answer is not collected', async () => {
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
