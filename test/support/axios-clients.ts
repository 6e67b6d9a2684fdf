import axios, { type AxiosInstance, type AxiosStatic, type CreateAxiosDefaults } from 'axios';
import axios15 from 'axios-1-15';
import axios2 from 'axios-1-2';
import axios7 from 'axios-1-7';

/** The newest axios, the oldest that is supported, which has no adapter by `fetch`, and two between. */
const libraries: [name: string, library: unknown, adapters: string[]][] = [
  ['axios', axios, ['http', 'fetch']],
  ['axios 1.15', axios15, ['http', 'fetch']],
  ['axios 1.7', axios7, ['http', 'fetch']],
  ['axios 1.2', axios2, ['http']],
];

type Client = {
  library: AxiosStatic;
  create: (config?: CreateAxiosDefaults) => AxiosInstance;
};

/** Whether `npm run test:slow` runs, which leaves the newest axios to `npm test`. */
export const testsOlderAxios = 'testsOlderAxios' in globalThis;

const chosen = testsOlderAxios ? libraries.slice(1) : libraries.slice(0, 1);

/** Every way in which an instance may send: a version of axios with each of its adapters. */
export const axiosClients = chosen.flatMap(([name, given, adapters]) =>
  adapters.map((adapter): [string, Client] => {
    const library = given as AxiosStatic;
    const create: Client['create'] = (config) => library.create({ ...config, adapter });
    return [`${name}, ${adapter}`, { library, create }];
  }),
);
