import { inspect } from 'node:util';
import type { Behaviour, World } from './server';
import { errorOf, exchange, headOf, outcomeOf } from './observe';

const statuses = [
  ...[200, 201, 202, 203, 204, 205, 206, 207, 226, 299, 304, 400, 401, 403, 404, 409, 418, 422],
  ...[429, 451, 499, 500, 502, 503, 504, 599, 600, 700, 799, 999],
];

const paths = [
  ...['status-text', 'bytes/0', 'bytes/1', 'bytes/1000000', 'chunks', 'empty', 'bom', 'latin1'],
  ...['coded/gzip', 'coded/x-gzip', 'coded/deflate', 'coded/br', 'coded/other', 'coded-twice'],
  ...['coded-broken', 'cookies', 'headers', 'trailers', 'hints', 'cut', 'cut-chunked'],
  ...['too-long', 'malformed', 'reset'],
];

type Read = (response: Response) => Promise<unknown>;

/** `Response.formData` is not recommended for servers, but `fetch` has it. */
function formOf(response: { formData(): Promise<FormData> }): Promise<FormData> {
  return response.formData();
}

const readings: readonly (readonly [string, string, Read])[] = [
  ['text()', 'json', (response) => response.text()],
  ['json()', 'json', (response) => response.json()],
  ['json() of invalid JSON', 'json/broken', (response) => response.json()],
  [
    'arrayBuffer()',
    'bytes/5',
    async (response) => [...new Uint8Array(await response.arrayBuffer())],
  ],
  [
    'blob()',
    'json',
    async (response) => {
      const blob = await response.blob();
      return [blob.type, blob.size, await blob.text()];
    },
  ],
  ['formData() of a form', 'form', async (response) => [...(await formOf(response)).entries()]],
  [
    'formData() of multipart',
    'multipart',
    async (response) => [...(await formOf(response)).entries()],
  ],
  ['formData() of text', 'latin1', (response) => formOf(response)],
  ['text() of a BOM', 'bom', (response) => response.text()],
  ['text() in Latin-1', 'latin1', (response) => response.text()],
  [
    'text() twice',
    'json',
    async (response) => [await response.text(), await outcomeOf(response.text())],
  ],
  [
    'text() twice at once',
    'json',
    (response) => Promise.all([response.text(), outcomeOf(response.text())]),
  ],
  [
    'text() after cancel()',
    'json',
    async (response) => {
      await response.body?.cancel();
      return [response.bodyUsed, await response.text()];
    },
  ],
  ['text() of a cut body', 'cut', (response) => response.text()],
  ['text() of a cut chunked body', 'cut-chunked', (response) => response.text()],
  ['json() of a cut body', 'cut', (response) => response.json()],
  [
    'text() while it is locked',
    'json',
    (response) => {
      response.body?.getReader();
      return response.text();
    },
  ],
];

const facts: readonly (readonly [string, (response: Response, world: World) => unknown])[] = [
  [
    'its class',
    (response, { Response }) => [response instanceof Response, response.constructor === Response],
  ],
  ['its brand', (response) => Object.prototype.toString.call(response)],
  ['the set of its own enumerable fields', (response) => Object.keys(response)],
  [
    'the set of fields in a for-in loop',
    (response) => {
      const names = [];
      for (const name in response) names.push(name);
      return names.sort();
    },
  ],
  ['its JSON', (response) => JSON.stringify(response)],
  ['its output of util.inspect', (response) => inspect(response, { compact: false })],
  ['the identity of its body', (response) => response.body === response.body],
  ['the identity of its headers', (response) => response.headers === response.headers],
  ['the brand of its body', (response) => Object.prototype.toString.call(response.body)],
  ['the class of its body', (response) => response.body instanceof ReadableStream],
  ['the class of its headers', (response, { Headers }) => response.headers instanceof Headers],
  [
    'a set() of its headers',
    (response) => {
      const change = () => {
        response.headers.set('x-a', '1');
      };
      return attempt(change);
    },
  ],
  [
    'an append() to its headers',
    (response) =>
      attempt(() => {
        response.headers.append('x-a', '1');
      }),
  ],
  [
    'a delete() of its headers',
    (response) =>
      attempt(() => {
        response.headers.delete('content-type');
      }),
  ],
  [
    'a missing header',
    (response) => [response.headers.get('x-none'), response.headers.has('x-none')],
  ],
  [
    'an assignment to status',
    (response) =>
      attempt(() => {
        (response as { status: number }).status = 1;
      }),
  ],
  [
    'an assignment to url',
    (response) =>
      attempt(() => {
        (response as { url: string }).url = 'x';
      }),
  ],
  ['cookies', (response) => response.headers.getSetCookie()],
  [
    'a Response constructed from it',
    (response, { Response }) => headOf(new Response(response.body, response)),
  ],
  [
    'a Response constructed from its headers',
    (response, { Response }) => [...new Response('', { headers: response.headers }).headers],
  ],
];

function attempt(change: () => void): unknown {
  try {
    change();
    return 'changed';
  } catch (error) {
    return errorOf(error);
  }
}

export const responseBehaviours: Behaviour[] = [
  ...statuses.map((status): Behaviour => ({
    name: `response: status ${status}`,
    run: (world) => exchange(world, `${world.origin}/status/${status}`),
  })),
  ...[200, 204, 304, 401, 404, 600].map((status): Behaviour => ({
    name: `response: status ${status} to HEAD`,
    run: (world) => exchange(world, `${world.origin}/status/${status}`, { method: 'HEAD' }),
  })),
  ...paths.map((path): Behaviour => ({
    name: `response: ${path}`,
    run: (world) => exchange(world, `${world.origin}/${path}`),
  })),
  ...['bytes/5', 'coded/gzip', 'cookies'].map((path): Behaviour => ({
    name: `response: ${path} to HEAD`,
    run: (world) => exchange(world, `${world.origin}/${path}`, { method: 'HEAD' }),
  })),
  ...readings.map(([name, path, read]): Behaviour => ({
    name: `reading: ${name}`,
    run: async ({ fetch, origin }) => {
      const response = await fetch(`${origin}/${path}`);
      return [await outcomeOf(read(response)), response.bodyUsed];
    },
  })),
  ...facts.map(([name, fact]): Behaviour => ({
    name: `Response: ${name}`,
    run: async (world) => {
      const response = await world.fetch(`${world.origin}/cookies`);
      const found = fact(response, world);
      if (!response.bodyUsed && response.body?.locked === false) await response.body.cancel();
      return found;
    },
  })),
  ...['nobody.invalid', '127.0.0.1:1'].map((host): Behaviour => ({
    name: `error: a missing server at ${host}`,
    run: ({ fetch }) => outcomeOf(fetch(`http://${host}/`)),
  })),
];
