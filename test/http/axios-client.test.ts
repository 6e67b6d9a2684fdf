import axios, { type AxiosInstance, type AxiosStatic } from 'axios';
import axios2 from 'axios-1-2';
import { attachAuth, AuthInjector, type AxiosLike, Credentials } from '../../src';
import { AxiosClient } from '../../src/http/axios-client';
import { axiosClients } from '../support/axios-clients';
import { failure } from '../support/errors';
import { startServer } from '../support/server';

const auth = new AuthInjector(
  new Credentials({ apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' }),
);

type Headers = Record<string, string>;

/** Creates instances like axios before 1.2, where header names that differ in case are different headers. */
const olderAxios = (headers: Headers = {}): object => ({
  defaults: { headers, adapter: () => undefined },
  request: () => undefined,
  getUri: () => '',
  create: ({ headers: added = {} }: { headers?: Headers } = {}) =>
    olderAxios({ ...headers, ...added }),
});

describe('attachAuth checks the version of axios:', () => {
  test.each<[string, unknown]>([
    ['axios before 1.2.0', olderAxios()],
    ['axios before 0.22, without create', { defaults: {}, getUri: () => '' }],
    [
      'an axios whose instances have no create',
      { getUri: () => '', create: () => ({ defaults: {} }) },
    ],
    ['an axios without defaults', { getUri: () => '', create: () => ({ create: () => ({}) }) }],
  ])('it refuses %s, and names the versions that it supports', (_name, instance) => {
    const error = failure(() => attachAuth(instance as never, auth));
    expect(error).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      message: expect.stringContaining('axios 1, version 1.2.0 or later') as string,
    });
  });

  test.each(axiosClients)('it accepts %s', (_name, { create, library }) => {
    expect(attachAuth(create({ headers: { 'x-spelling': 'own' } }), auth)).toBeInstanceOf(Function);
    attachAuth(library, auth)();
  });
});

test('getUri of AxiosClient gives no text for a URI that axios cannot build', () => {
  const client = new AxiosClient(axios.create());
  expect(client.getUri({})).toBe('');
  const paramsSerializer = {
    serialize: () => {
      throw new Error('no');
    },
  };
  expect(client.getUri({ url: '/a', params: { b: 1 }, paramsSerializer })).toBe('');
  expect(client.getUri({ url: new URL('https://a.test/b') })).toBe('https://a.test/b');
});

describe('a named adapter', () => {
  /** How many times one request of an attached instance runs the request pipeline of axios. */
  async function pipelineRuns(
    library: AxiosStatic,
    asGiven = (instance: AxiosInstance): AxiosLike => instance,
  ): Promise<number> {
    const server = await startServer((_request, response) => response.end());
    const runs = jest.spyOn(library.Axios.prototype, 'request');
    const http: AxiosInstance = library.create({ adapter: 'http' });
    const products = [{ name: 'local', urls: [server.origin], schemes: ['basic'] }] as const;
    attachAuth(asGiven(http), auth.with({ products }));
    await http.get(server.origin);
    expect(server.received).toHaveLength(1);
    const { length } = runs.mock.calls;
    runs.mockRestore();
    await server.close();
    return length;
  }

  test('is called directly if the module of the instance exports getAdapter', async () => {
    expect(await pipelineRuns(axios)).toBe(1);
  });

  test('is called through a second request of axios if the given object has no interceptors', async () => {
    const withoutInterceptors = (instance: AxiosInstance): AxiosLike =>
      Object.assign({ ...instance }, { interceptors: undefined });
    expect(await pipelineRuns(axios, withoutInterceptors)).toBe(2);
  });

  test('is called through a second request of axios if the module exports no getAdapter', async () => {
    expect(await pipelineRuns(axios2 as unknown as AxiosStatic)).toBe(2);
  });
});
