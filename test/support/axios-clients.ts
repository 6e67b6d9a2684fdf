import axios, { type AxiosInstance, type AxiosStatic, type CreateAxiosDefaults } from 'axios';
import axios15 from 'axios-1-15';
import axios2 from 'axios-1-2';
import axios7 from 'axios-1-7';
import { testsOlderVersions } from './older-versions';

/** The newest axios, the oldest supported one (it has no adapter `fetch`), and two between. */
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

const tested = testsOlderVersions ? libraries.slice(1) : libraries.slice(0, 1);

/** Each version of axios with each of its adapters. */
export const axiosClients = tested.flatMap(([name, module, adapters]) =>
  adapters.map((adapter): [string, Client] => {
    const library = module as AxiosStatic;
    const create: Client['create'] = (config) => library.create({ ...config, adapter });
    return [`${name}, ${adapter}`, { library, create }];
  }),
);
