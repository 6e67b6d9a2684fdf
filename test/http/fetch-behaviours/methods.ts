import type { Behaviour } from './server';
import { any, exchange } from './observe';

const methods: readonly unknown[] = [
  ...['GET', 'get', 'Get', 'HEAD', 'head', 'POST', 'post', 'PUT', 'put', 'DELETE', 'delete'],
  ...['OPTIONS', 'options', 'PATCH', 'patch', 'Patch', 'REPORT', 'report', 'M-SEARCH', 'PROPFIND'],
  ...['CONNECT', 'TRACE', 'track', '', 'A B', 'GET\n', 'ä', 42, null, {}, Symbol('method')],
];

export const methodBehaviours: Behaviour[] = [
  ...methods.map((method): Behaviour => ({
    name: `method: ${typeof method === 'symbol' ? 'a symbol' : JSON.stringify(method)}`,
    run: (world) => exchange(world, `${world.origin}/echo`, { method: any(method) }),
  })),
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'REPORT'].flatMap((method) => [
    {
      name: `method: ${method} with a body`,
      run: (world) => exchange(world, `${world.origin}/echo`, { method, body: 'body' }),
    } satisfies Behaviour,
    {
      name: `method: ${method} with a body of null`,
      run: (world) => exchange(world, `${world.origin}/echo`, { method, body: null }),
    } satisfies Behaviour,
    {
      name: `method: ${method} with an empty body`,
      run: (world) => exchange(world, `${world.origin}/echo`, { method, body: '' }),
    } satisfies Behaviour,
  ]),
];
