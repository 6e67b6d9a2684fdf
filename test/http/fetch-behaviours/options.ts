import { createHash } from 'node:crypto';
import { Agent, MockAgent } from 'undici';
import type { Behaviour } from './server';
import { any, exchange, outcomeOfCall } from './observe';

const digest = (algorithm: string) =>
  `${algorithm}-${createHash(algorithm).update('xxxx').digest('base64')}`;

const options: readonly (readonly [string, object])[] = [
  ...['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached', 'other'].map(
    (cache) => [`cache ${cache}`, { cache }] as const,
  ),
  ...['omit', 'same-origin', 'include', 'other'].map(
    (credentials) => [`credentials ${credentials}`, { credentials }] as const,
  ),
  ...['cors', 'same-origin', 'no-cors', 'navigate', 'websocket', 'other'].map(
    (mode) => [`mode ${mode}`, { mode }] as const,
  ),
  ['cache only-if-cached and mode same-origin', { cache: 'only-if-cached', mode: 'same-origin' }],
  ['referrer', { referrer: 'https://elsewhere.test/page?x=1' }],
  ['referrer about:client', { referrer: 'about:client' }],
  ['no referrer', { referrer: '' }],
  ['referrer that is not a URL', { referrer: 'http://' }],
  ...['no-referrer', 'origin', 'unsafe-url', 'strict-origin-when-cross-origin', '', 'other'].map(
    (referrerPolicy) => [`referrerPolicy "${referrerPolicy}"`, { referrerPolicy }] as const,
  ),
  ['keepalive', { keepalive: true }],
  ['priority', { priority: 'high' }],
  ['window of null', { window: null }],
  ['window of an object', { window: {} }],
  ['duplex half', { duplex: 'half' }],
  ['duplex full', { duplex: 'full' }],
  ['integrity that matches', { integrity: digest('sha256') }],
  ['integrity by sha512', { integrity: digest('sha512') }],
  ['integrity of two hashes', { integrity: `${digest('sha256')} sha256-${'A'.repeat(43)}=` }],
  ['integrity that does not match', { integrity: `sha256-${'A'.repeat(43)}=` }],
  ['integrity of an unknown algorithm', { integrity: 'md5-x' }],
  ['empty integrity', { integrity: '' }],
  ['undefined options', { cache: undefined, mode: undefined, dispatcher: undefined }],
];

export const optionBehaviours: Behaviour[] = [
  ...options.map(([name, init]): Behaviour => ({
    name: `option: ${name}`,
    run: (world) => exchange(world, `${world.origin}/bytes/4`, any(init)),
  })),
  ...options
    .filter(([name]) =>
      /^(cache no-store|referrer|mode same|integrity that|keepalive|cred)/.test(name),
    )
    .map(([name, init]): Behaviour => ({
      name: `option of a Request: ${name}`,
      run: (world) => {
        const { Request } = world;
        const url = `${world.origin}/bytes/4`;
        return outcomeOfCall(() => exchange(world, new Request(url, any(init))));
      },
      ...(name === 'referrer' && { differs: 'referrer', differsOn: 'undici 7' }),
    })),
  {
    name: 'option of a Request: a referrer, with an init that has only headers',
    run: async (world) => {
      const url = `${world.origin}/echo`;
      const request = new world.Request(url, { referrer: `${world.origin}/page` });
      return exchange(world, request, { headers: { a: '1' } });
    },
  },
  {
    name: 'option: a dispatcher that sends',
    run: async (world) => {
      const agent = new Agent({ connections: 1 });
      try {
        return await exchange(world, `${world.origin}/echo`, any({ dispatcher: agent }));
      } finally {
        await agent.close();
      }
    },
  },
  {
    name: 'option: a dispatcher that mocks',
    run: async (world) => {
      const agent = new MockAgent();
      agent.disableNetConnect();
      const pool = agent.get(world.origin);
      pool
        .intercept({ path: (path) => path.startsWith('/mocked'), method: 'GET' })
        .reply(202, 'mocked', { headers: { 'x-mock': '1' } });
      try {
        const url = `${world.origin}/mocked`;
        return await exchange(world, url, any({ dispatcher: agent }));
      } finally {
        await agent.close();
      }
    },
  },
  {
    name: 'option of a Request: a dispatcher',
    run: async (world) => {
      const agent = new MockAgent();
      agent.disableNetConnect();
      const pool = agent.get(world.origin);
      pool.intercept({ path: '/echo', method: 'GET' }).reply(202, 'mocked');
      const init = any({ dispatcher: agent });
      try {
        return await exchange(world, new world.Request(`${world.origin}/echo`, init));
      } finally {
        await agent.close();
      }
    },
    differs: 'request-dispatcher',
  },
];
