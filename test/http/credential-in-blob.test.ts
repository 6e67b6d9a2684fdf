import axios from 'axios';
import { attachAuth, AuthInjector, Credentials } from '../../src';
import { held } from '../support/account';
import { startServer, type TestServer } from '../support/server';

let server: TestServer;
beforeEach(async () => {
  server = await startServer((request, response) => {
    request.on('end', () => response.end('ok'));
  });
});
afterEach(() => server.close());

const json = '{"api_key":"other","text":"x"}';
const form = 'text=x&api_secret=other';
const types = { json: 'application/json', form: 'application/x-www-form-urlencoded' };

describe.each(['http', 'fetch'])('axios with the adapter %s', (adapter) => {
  const post = (blob: Blob, type?: string) => {
    const http = axios.create({ adapter });
    const products = [{ name: 'own', urls: [server.origin], schemes: ['basic'] as const }];
    attachAuth(http, new AuthInjector(new Credentials(held), { products }));
    return http.post(
      server.origin,
      blob,
      type === undefined ? {} : { headers: { 'content-type': type } },
    );
  };

  test.each([
    ['JSON', json, types.json, undefined],
    ['JSON', json, types.json, types.json],
    ['JSON', json, '', types.json],
    ['JSON', json, types.json, 'image/png'],
    ['JSON', json, '', undefined],
    ['a form', form, types.form, undefined],
    ['a form', form, types.form, types.form],
    ['a form', form, 'image/png', types.form],
  ])(
    'refuses a Blob of %s with a credential: %s, the type %j and the header %j',
    async (_what, content, type, header) => {
      await expect(post(new Blob([content], { type }), header)).rejects.toMatchObject({
        code: 'ERR_CREDENTIAL_PRESENT',
      });
      expect(server.received).toEqual([]);
    },
  );

  test('refuses a File with a credential', async () => {
    await expect(post(new File([json], 'a.json', { type: types.json }))).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_PRESENT',
    });
  });

  test.each([
    ['has no credential', new Blob(['{"text":"x"}'], { type: types.json }), undefined],
    ['has no field', new Blob([], { type: types.json }), undefined],
    ['is of another type', new Blob([json], { type: 'image/png' }), 'image/png'],
    ['has more than 16 MiB', new Blob([json, ' '.repeat(16 * 1024 * 1024)]), undefined],
  ])('sends a Blob unchanged that %s', async (_what, blob, header) => {
    await post(blob, header);
    const [, ...chunks] = server.received;
    // Not `toBe`, since Jest would compare 16 MiB of text line by line.
    expect(chunks.join('') === (await blob.text())).toBe(true);
  });
});
