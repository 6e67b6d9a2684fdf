import { run } from '../support/run';
import { startServer, type TestServer } from '../support/server';

let server: TestServer;
beforeAll(async () => {
  server = await startServer((_request, response) => response.end('"real"'));
});
afterAll(() => server.close());

// MSW consists of ES modules only, which Jest cannot load on Node 20.
test('MSW that starts after createAuthFetch sees the credential of mocked and passed-through requests', async () => {
  const program = `
    import { http, HttpResponse, passthrough } from 'msw';
    import { setupServer } from 'msw/node';
    import { AuthInjector, createAuthFetch, Credentials } from 'nexmo-auth';

    const origin = process.env.ORIGIN;
    const products = [{ name: 'own', urls: [origin], schemes: ['basic'] }];
    const credentials = new Credentials({ apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' });
    const authFetch = createAuthFetch(new AuthInjector(credentials, { products }));
    const answers = {};
    const seen = ({ request }) => request.headers.get('authorization')?.slice(0, 5) ?? 'none';
    const mock = setupServer(
      http.get(origin + '/mocked', (call) => HttpResponse.json(seen(call))),
      http.get(origin + '/real', () => passthrough()),
    );
    for (const name of ['authFetch', 'global']) {
      // Here MSW replaces authFetch as the global fetch, and answers before authFetch attaches a credential.
      if (name === 'global') globalThis.fetch = authFetch;
      mock.listen();
      const send = name === 'global' ? globalThis.fetch : authFetch;
      answers[name] = [];
      for (const path of ['/mocked', '/real']) {
        const response = await send(origin + path);
        answers[name].push(response.status === 200 ? await response.json() : response.status);
      }
      mock.close();
    }
    console.log(JSON.stringify(answers));`;
  const { code, output } = await run(['--input-type=module', '-'], {
    env: { ORIGIN: server.origin },
    input: program,
  });
  expect([code, JSON.parse(output)]).toEqual([
    0,
    { authFetch: ['Basic', 'real'], global: ['none', 'real'] },
  ]);
  const requests = server.received.filter((text) => text.startsWith('/'));
  expect(requests).toEqual(Array(2).fill(expect.stringMatching(/^\/real .*Basic /)));
});
