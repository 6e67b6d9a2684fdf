// src/injector/direct-transport.ts and src/http/upload.ts: the limits of axios.
import { PassThrough, Readable } from 'node:stream';
import type { AxiosError } from 'axios';
import { attachAuth, AuthInjector, Credentials } from '../../src';
import { axiosClients } from '../support/axios-clients';
import { startServer, type TestServer } from '../support/server';

const credentials = new Credentials({ apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' });

let server: TestServer;
let auth: AuthInjector;
beforeAll(async () => {
  server = await startServer((request, response) => {
    if (request.url?.startsWith('/stall')) response.write('first');
    else if (request.url?.startsWith('/length')) {
      let length = 0;
      request.on('data', (chunk: Buffer) => (length += chunk.length));
      request.on('end', () => response.end(String(length)));
    }
  });
  const products = [{ name: 'api', urls: [server.origin], schemes: ['query'] as const }];
  auth = new AuthInjector(credentials, { products });
});
afterAll(() => server.close());

const byHttp = axiosClients.filter(([name]) => name.endsWith('http'));

describe.each(byHttp)('%s', (_name, { create }) => {
  const attached = () => {
    const http = create({ baseURL: server.origin });
    attachAuth(http, auth);
    return http;
  };

  test.each([
    ['alone', {}],
    ['with onUploadProgress', { onUploadProgress: () => undefined }],
    ['with maxRate', { maxRate: 10_000_000 }],
    ['with maxBodyLength', { maxBodyLength: 20_000 }],
  ])('a PassThrough of 17 kB that has ended arrives whole, %s', async (_with, config) => {
    for (let time = 0; time < 10; time += 1) {
      const body = new PassThrough();
      body.end(Buffer.alloc(17 * 1024));
      const { data } = await attached().post<unknown>('/length', body, config);
      expect(data).toBe(17 * 1024);
    }
  });

  test('a streamed response that stalls ends at the timeout', async () => {
    const { data } = await attached().get<Readable>('/stall', {
      responseType: 'stream',
      timeout: 250,
    });
    await expect(data.toArray()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('a request body that has not ended at the timeout is an error', async () => {
    const body = new PassThrough();
    body.write('first');
    const error = await attached()
      .post('/length', body, { timeout: 100 })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'ECONNABORTED', message: 'timeout of 100ms exceeded' });
    body.destroy();
  });

  test('a request for https: uses TLS', async () => {
    const products = [{ name: 'none', urls: ['https://127.0.0.1:9'], schemes: ['basic'] as const }];
    const http = create();
    attachAuth(http, new AuthInjector(credentials, { products }));
    const error: unknown = await http.get('https://127.0.0.1:9/').catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('maxBodyLength applies to a streamed body', async () => {
    const body = Readable.from([Buffer.alloc(600), Buffer.alloc(600)]);
    const sent = attached().post('/length', body, { maxBodyLength: 1000 });
    const error = (await sent.catch((reason: unknown) => reason)) as AxiosError;
    expect(error.message).toBe('Request body larger than maxBodyLength limit');
  });
});
