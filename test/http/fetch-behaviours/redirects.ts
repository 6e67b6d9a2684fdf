import type { Behaviour } from './laboratory';
import { any, exchange } from './observe';

const statuses = [301, 302, 303, 307, 308];

export const redirectBehaviours: Behaviour[] = [
  ...statuses.flatMap((status): Behaviour[] => [
    {
      name: `redirect: ${status}`,
      run: (laboratory) => exchange(laboratory, `${laboratory.origin}/redirect/${status}`),
      differs: 'redirect',
    },
    {
      name: `redirect: ${status} of a POST`,
      run: (laboratory) =>
        exchange(laboratory, `${laboratory.origin}/redirect/${status}`, {
          method: 'POST',
          body: 'text',
        }),
      differs: 'redirect',
    },
    {
      name: `redirect: ${status}, by hand`,
      run: (laboratory) =>
        exchange(laboratory, `${laboratory.origin}/redirect/${status}`, { redirect: 'manual' }),
    },
    {
      name: `redirect: ${status}, by hand in a Request`,
      run: (laboratory) => {
        const { Request, origin } = laboratory;
        const url = `${origin}/redirect/${status}`;
        return exchange(laboratory, new Request(url, { redirect: 'manual' }));
      },
    },
    {
      name: `redirect: ${status} as an error`,
      run: (laboratory) =>
        exchange(laboratory, `${laboratory.origin}/redirect/${status}`, { redirect: 'error' }),
    },
  ]),
  ...['300', '304', '305', '306', '399'].map((status): Behaviour => ({
    name: `redirect: ${status}, which is none`,
    run: (laboratory) => exchange(laboratory, `${laboratory.origin}/redirect/${status}`),
  })),
  {
    name: 'redirect: without a Location',
    run: (laboratory) => exchange(laboratory, `${laboratory.origin}/redirect-nowhere`),
  },
  {
    name: 'redirect: without end',
    run: (laboratory) => exchange(laboratory, `${laboratory.origin}/redirect-back`),
    differs: 'redirect',
  },
  {
    name: 'redirect: an unknown mode',
    run: (laboratory) =>
      exchange(laboratory, `${laboratory.origin}/echo`, { redirect: any('other') }),
  },
  {
    name: 'redirect: follow, where there is none',
    run: (laboratory) => exchange(laboratory, `${laboratory.origin}/echo`, { redirect: 'follow' }),
  },
  {
    name: 'redirect: error in a Request, changed by init',
    run: (laboratory) => {
      const { Request, origin } = laboratory;
      const request = new Request(`${origin}/redirect/302`, { redirect: 'error' });
      return exchange(laboratory, request, { redirect: 'manual' });
    },
  },
];
