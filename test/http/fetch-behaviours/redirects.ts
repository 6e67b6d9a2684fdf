import type { Behaviour } from './server';
import { any, exchange } from './observe';

const statuses = [301, 302, 303, 307, 308];

export const redirectBehaviours: Behaviour[] = [
  ...statuses.flatMap((status): Behaviour[] => [
    {
      name: `redirect: ${status}`,
      run: (world) => exchange(world, `${world.origin}/redirect/${status}`),
      differs: 'redirect',
    },
    {
      name: `redirect: ${status} of a POST`,
      run: (world) =>
        exchange(world, `${world.origin}/redirect/${status}`, {
          method: 'POST',
          body: 'text',
        }),
      differs: 'redirect',
    },
    {
      name: `redirect: ${status} with mode manual`,
      run: (world) => exchange(world, `${world.origin}/redirect/${status}`, { redirect: 'manual' }),
    },
    {
      name: `redirect: ${status} with mode manual in a Request`,
      run: (world) => {
        const { Request, origin } = world;
        const url = `${origin}/redirect/${status}`;
        return exchange(world, new Request(url, { redirect: 'manual' }));
      },
    },
    {
      name: `redirect: ${status} with mode error`,
      run: (world) => exchange(world, `${world.origin}/redirect/${status}`, { redirect: 'error' }),
    },
  ]),
  ...['300', '304', '305', '306', '399'].map((status): Behaviour => ({
    name: `redirect: status ${status}, which is not a redirect,`,
    run: (world) => exchange(world, `${world.origin}/redirect/${status}`),
  })),
  {
    name: 'redirect: a missing Location',
    run: (world) => exchange(world, `${world.origin}/redirect-nowhere`),
  },
  {
    name: 'redirect: an endless redirect',
    run: (world) => exchange(world, `${world.origin}/redirect-back`),
    differs: 'redirect',
  },
  {
    name: 'redirect: an unknown mode',
    run: (world) => exchange(world, `${world.origin}/echo`, { redirect: any('other') }),
  },
  {
    name: 'redirect: mode follow without a redirect',
    run: (world) => exchange(world, `${world.origin}/echo`, { redirect: 'follow' }),
  },
  {
    name: 'redirect: mode error in a Request that init overrides',
    run: (world) => {
      const { Request, origin } = world;
      const request = new Request(`${origin}/redirect/302`, { redirect: 'error' });
      return exchange(world, request, { redirect: 'manual' });
    },
  },
];
