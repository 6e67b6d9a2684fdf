import type { Behaviour } from './server';
import { any, errorOf, exchange } from './observe';

/** First arguments that are a string or are converted to a string. */
const urls: readonly (readonly [name: string, url: (origin: string) => unknown])[] = [
  ['a string', (origin) => `${origin}/echo`],
  ['a URL object', (origin) => new URL(`${origin}/echo`)],
  ['a String object', (origin) => new String(`${origin}/echo`)],
  ['an object with toString', (origin) => ({ toString: () => `${origin}/echo` })],
  ['an array of one string', (origin) => [`${origin}/echo`]],
  ['an origin alone', (origin) => origin],
  ['a query', (origin) => `${origin}/echo?b=2&a=1&a=3`],
  ['an empty query', (origin) => `${origin}/echo?`],
  ['a query with spaces, plus and percent', (origin) => `${origin}/echo?a=b c+d%20e%2B`],
  ['a query with invalid percent-encoding', (origin) => `${origin}/echo?a=%&b=%zz`],
  ['a query with quotes and brackets', (origin) => `${origin}/echo?a='"<>[]{}|^`],
  ['a query with characters beyond ASCII', (origin) => `${origin}/echo?ä=€&x=\u{1F600}`],
  ['a query with a lone surrogate', (origin) => `${origin}/echo?a=\uD800`],
  ['a query with a question mark', (origin) => `${origin}/echo?a=b?c`],
  ['a query without values', (origin) => `${origin}/echo?a&b=&=c`],
  ['a fragment', (origin) => `${origin}/echo#part`],
  ['a query and a fragment', (origin) => `${origin}/echo?a=1#part?x=2`],
  ['a path beyond ASCII', (origin) => `${origin}/echo/ä/€ x`],
  ['dots in the path', (origin) => `${origin}/x/../echo/./y`],
  ['encoded dots and slashes', (origin) => `${origin}/echo/%2e%2e/a%2Fb`],
  ['empty segments', (origin) => `${origin}/echo//a///b`],
  ['backslashes', (origin) => `${origin}\\echo\\a`],
  ['surrounding spaces', (origin) => `  ${origin}/echo\n`],
  ['tabs and line breaks', (origin) => `${origin}/ec\tho\n`],
  ['a scheme in upper case', (origin) => `${origin.replace('http', 'HTTP')}/echo`],
  ['a long query', (origin) => `${origin}/echo?a=${'x'.repeat(8000)}`],
  ['a relative URL', () => '/echo'],
  ['an empty string', () => ''],
  ['a URL without a host', () => 'http://'],
  ['an invalid port', () => 'http://127.0.0.1:99999/'],
  ['null', () => null],
  ['undefined', () => undefined],
  ['a number', () => 42],
  ['a symbol', () => Symbol('url')],
  ['an unknown scheme', () => 'gopher://host/'],
  ['a data URL', () => 'data:text/plain,Hello%20ä'],
  ['a data URL in base64', () => 'data:application/json;base64,e30='],
  ['an about URL', () => 'about:blank'],
];

export const inputs: Behaviour[] = [
  ...urls.map(
    ([name, url]) =>
      ({
        name: `input: ${name}`,
        run: (world) => exchange(world, any(url(world.origin))),
      }) satisfies Behaviour,
  ),
  {
    name: 'input: a blob URL',
    run: async (world) => {
      const url = URL.createObjectURL(new Blob(['blob'], { type: 'text/x' }));
      const { answer } = (await exchange(world, url)) as { answer: object };
      return { ...answer, url: 'blob' };
    },
  },
  {
    name: 'input: a missing argument',
    run: async ({ fetch }) => (fetch as () => Promise<unknown>)().catch(errorOf),
  },
  {
    name: 'input: a plain object',
    run: (world) => exchange(world, any({ url: world.origin })),
    differs: 'unrecognised',
  },
  {
    name: 'input: a URL that changes after the call',
    run: async (world) => {
      const url = new URL(`${world.origin}/echo/before`);
      const pending = exchange(world, url);
      url.pathname = '/echo/after';
      return pending;
    },
  },
  {
    name: 'input: user-info',
    run: (world) => exchange(world, world.origin.replace('//', '//a:b@')),
    differs: 'credential-present',
  },
  {
    name: 'call: the promise of an invalid call',
    run: async ({ fetch }) => {
      const pending = fetch('/echo');
      const isPromise = typeof pending.then === 'function';
      await pending.catch(() => undefined);
      return isPromise;
    },
  },
  {
    name: 'call: a third argument',
    run: (world) => {
      const { fetch, origin } = world;
      const call = fetch as (...args: unknown[]) => Promise<Response>;
      return exchange({ ...world, fetch: () => call(`${origin}/echo`, {}, { method: 'PUT' }) }, '');
    },
  },
  {
    name: 'call: a missing this',
    run: (world) => {
      const { fetch } = world;
      return exchange(
        { ...world, fetch: (...call) => fetch.call(undefined, ...call) },
        `${world.origin}/echo`,
      );
    },
  },
  {
    name: 'call: a set of concurrent calls',
    run: async ({ fetch, origin }) =>
      Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const response = await fetch(`${origin}/bytes/${index}`);
          return (await response.text()).length;
        }),
      ),
  },
];
