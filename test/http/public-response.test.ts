import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import * as undici from 'undici';
import { AuthInjector, createAuthFetch, Credentials, type Scheme } from '../../src';
import { held } from '../support/account';
import { startServer, type TestServer } from '../support/server';

const body = '{"status":"0","text":"Hello"}';
const { apiSecret } = held;

/**
 * Answers with JSON. The body of `/broken` ends too early. `/malformed` repeats the URL in an invalid chunk, and
 * `/unquoted` the secret in invalid JSON.
 */
let server: TestServer;
let origin: string;
beforeAll(async () => {
  server = await startServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url?.startsWith('/broken')) {
      response.setHeader('content-length', body.length + 10);
      response.write(body, () => response.destroy());
    } else if (request.url?.startsWith('/unquoted')) {
      response.end(`{"error":${apiSecret} is not the secret of this account}`);
    } else if (request.url?.startsWith('/malformed')) {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.write(body, () => request.socket.end(`no chunk: ${request.url}\r\n`));
    } else {
      const secret = new URL(String(request.url), 'http://a.test').searchParams.get('api_secret');
      if (secret !== null) response.setHeader(`x-of-${secret}`, ['a name', 'again']);
      response.end(body);
    }
  });
  ({ origin } = server);
});
afterAll(() => server.close());

const refusal = { json: ['status'], codes: ['4'] };

function request(path: string, scheme: Scheme, isReadForStatus: boolean): Promise<Response> {
  const product = { name: 'own', urls: [`${origin}/`], schemes: [scheme] as const };
  const products = [{ ...product, ...(isReadForStatus && { refusal }) }];
  return createAuthFetch(new AuthInjector(new Credentials(held), { products }))(origin + path);
}

const readers: Record<string, (response: Response) => Promise<string>> = {
  text: (response) => response.text(),
  json: async (response) => JSON.stringify(await response.json()),
  arrayBuffer: async (response) => Buffer.from(await response.arrayBuffer()).toString(),
  blob: async (response) => (await response.blob()).text(),
  'a clone': (response) => response.clone().text(),
  'first a clone, then the response': async (response) => {
    const clone = response.clone();
    const [first, second] = [await clone.text(), await response.text()];
    return first === second ? first : 'different';
  },
  'a clone made after body was accessed': async (response) => {
    expect(response.body?.locked).toBe(false);
    return response.clone().text();
  },
  'the body': async (response) => {
    const chunks = [];
    for await (const chunk of response.body ?? []) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks).toString();
  },
};

const variants = (['basic', 'query'] as const).flatMap((scheme) =>
  [false, true].map((isReadForStatus) => ({ scheme, isReadForStatus })),
);

describe.each(variants)(
  'a response to a request by $scheme (its body is searched for a refusal: $isReadForStatus)',
  (variant) => {
    const { scheme, isReadForStatus } = variant;

    test.each(Object.keys(readers))('can be read once: %s', async (name) => {
      const response = await request('/json', scheme, isReadForStatus);
      expect(response.bodyUsed).toBe(false);
      expect(await readers[name]?.(response)).toBe(body);
    });

    test('can be read once only', async () => {
      const response = await request('/json', scheme, isReadForStatus);
      await response.text();
      expect(response.bodyUsed).toBe(true);
      await expect(response.text()).rejects.toThrow('Body is unusable');
      expect(() => response.clone()).toThrow('Body has already been consumed');
      expect(response.body?.locked).toBe(true);
    });

    test('can be read through an object that inherits from it', async () => {
      const heir = Object.create(await request('/json', scheme, isReadForStatus)) as Response;
      expect(await heir.clone().text()).toBe(body);
      expect(await heir.text()).toBe(body);
      await expect(heir.text()).rejects.toThrow('Body is unusable');
      const prototype = Object.getPrototypeOf(Object.getPrototypeOf(heir)) as Response;
      await expect(prototype.text()).rejects.toThrow();
    });

    test('has the fields of the server’s response and the URL of the caller, and so has its clone', async () => {
      const response = await request('/json?a=1#part', scheme, isReadForStatus);
      for (const each of [response.clone(), response]) {
        expect(each).toBeInstanceOf(Response);
        const { url, status, ok, type, redirected, statusText } = each;
        expect({ url, status, ok, type, redirected, statusText }).toEqual({
          url: `${origin}/json?a=1`,
          ...{ status: 200, ok: true, type: 'basic', redirected: false, statusText: 'OK' },
        });
        expect(each.headers.get('content-type')).toBe('application/json');
        expect(() => {
          each.headers.set('x-own', '1');
        }).toThrow('immutable');
        expect(Object.keys(each)).toEqual([]);
      }
    });

    test.each(['/broken', '/malformed'])(
      'whose body breaks off gives its reader an error without the secret: %s',
      async (path) => {
        for (const read of [readers['text'], readers['json'], readers['the body']]) {
          const response = await request(path, scheme, isReadForStatus);
          const error: unknown = await read?.(response).catch((reason: unknown) => reason);
          expect(String(error)).toBe('TypeError: terminated');
          const { cause } = error as { cause?: { data?: unknown } };
          expect(JSON.stringify([String(cause), cause?.data])).not.toContain(apiSecret);
        }
      },
    );
  },
);

// docs/threat-model.md#secrets-in-responses-and-errors
test('a secret that the server uses as the name of a header is redacted', async () => {
  const { headers } = await request('/json', 'query', false);
  expect(headers.get('x-of-redacted')).toBe('a name, again');
  expect(JSON.stringify([...headers]).toLowerCase()).not.toContain(apiSecret.toLowerCase());
});

describe('a reason phrase beyond Latin-1', () => {
  test.each(['200 ☃', '401 ☃'])('is given to the caller, with the body: %s', async (statusLine) => {
    const utf8 = createServer((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 ${statusLine}\r\n\r\n${body}`));
    }).listen(0, '127.0.0.1');
    await once(utf8, 'listening');
    const url = `http://127.0.0.1:${(utf8.address() as AddressInfo).port}/`;
    const plain = await fetch(url);
    await plain.text();
    for (const scheme of ['basic', 'query'] as const) {
      for (const isReadForStatus of [false, true]) {
        for (const send of [fetch, undici.fetch as unknown as typeof fetch]) {
          const product = { name: 'own', urls: [url], schemes: [scheme] as const };
          const products = [{ ...product, ...(isReadForStatus && { refusal }) }];
          const auth = new AuthInjector(new Credentials(held), { products });
          const response = await createAuthFetch(auth, { fetch: send })(url);
          const copy = response.clone();
          expect([response.status, response.statusText]).toEqual([plain.status, plain.statusText]);
          expect([copy.status, copy.statusText]).toEqual([plain.status, plain.statusText]);
          expect([await response.text(), await copy.text()]).toEqual([body, body]);
        }
      }
    }
    utf8.close();
  });
});

test('the error of json() quotes no part of a secret', async () => {
  const response = await request('/unquoted', 'basic', false);
  const error = (await response.json().catch((each: unknown) => each)) as Error;
  expect(error.message).toBe(`Unexpected token 'A', "[redacted]"... is not valid JSON`);
  expect(error.stack).not.toContain(apiSecret.slice(0, 4));
});
