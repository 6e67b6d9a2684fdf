import axios, { type AxiosInstance, type AxiosStatic, type CreateAxiosDefaults } from 'axios';
import olderAxios from 'axios-1-7';

const libraries: [string, AxiosStatic][] = [
  ['axios', axios],
  ['axios 1.7', olderAxios as unknown as AxiosStatic],
];

type Client = {
  library: AxiosStatic;
  create: (config?: CreateAxiosDefaults) => AxiosInstance;
};

/** Every way in which an instance may send: two versions of axios, each with both adapters. */
export const axiosClients = libraries.flatMap(([name, library]) =>
  ['http', 'fetch'].map((adapter): [string, Client] => {
    const create: Client['create'] = (config) => library.create({ ...config, adapter });
    return [`${name}, ${adapter}`, { library, create }];
  }),
);
