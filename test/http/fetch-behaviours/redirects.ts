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
      name: `redirect: ${status} with mode manual`,
      run: (laboratory) =>
        exchange(laboratory, `${laboratory.origin}/redirect/${status}`, { redirect: 'manual' }),
    },
    {
      name: `redirect: ${status} with mode manual in a Request`,
      run: (laboratory) => {
        const { Request, origin } = laboratory;
        const url = `${origin}/redirect/${status}`;
        return exchange(laboratory, new Request(url, { redirect: 'manual' }));
      },
    },
    {
      name: `redirect: ${status} with mode error`,
      run: (laboratory) =>
        exchange(laboratory, `${laboratory.origin}/redirect/${status}`, { redirect: 'error' }),
    },
  ]),
  ...['300', '304', '305', '306', '399'].map((status): Behaviour => ({
    name: `redirect: status ${status}, which is not a redirect,`,
    run: (laboratory) => exchange(laboratory, `${laboratory.origin}/redirect/${status}`),
  })),
  {
    name: 'redirect: a missing Location',
    run: (laboratory) => exchange(laboratory, `${laboratory.origin}/redirect-nowhere`),
  },
  {
    name: 'redirect: an endless redirect',
    run: (laboratory) => exchange(laboratory, `${laboratory.origin}/redirect-back`),
    differs: 'redirect',
  },
  {
    name: 'redirect: an unknown mode',
    run: (laboratory) =>
      exchange(laboratory, `${laboratory.origin}/echo`, { redirect: any('other') }),
  },
  {
    name: 'redirect: mode follow without a redirect',
    run: (laboratory) => exchange(laboratory, `${laboratory.origin}/echo`, { redirect: 'follow' }),
  },
  {
    name: 'redirect: mode error in a Request that init overrides',
    run: (laboratory) => {
      const { Request, origin } = laboratory;
      const request = new Request(`${origin}/redirect/302`, { redirect: 'error' });
      return exchange(laboratory, request, { redirect: 'manual' });
    },
  },
];
