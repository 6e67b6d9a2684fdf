import { type Sandbox, startSandbox } from '../../src/testing';
import { keySecrets, keyText } from '../support/keys';
import { leaksIn } from '../support/leaks';
import { run } from '../support/run';

const apiSecret = 'ABCDEFGH01234abc';
const account = {
  apiKey: 'abcd1234',
  apiSecret,
  applicationId: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
};

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ ...account, publicKey: keyText('rsa-public') });
});
afterAll(() => sandbox.close());

test('DEBUG=* prints no secret (@vonage/auth prints the private key)', async () => {
  const program = `
    const axios = require('axios');
    const { attachAuth, AuthInjector, Credentials } = require('nexmo-auth');
    const input = JSON.parse(process.env.INPUT);
    const auth = new AuthInjector(new Credentials(input.credentials), { products: input.products });
    const http = axios.create({ adapter: 'http', validateStatus: null });
    (async () => {
      await http.get(input.unknown);
      attachAuth(http, auth);
      await http.get(input.sms);
      await http.post(input.voice, {});
      await http.get('http://127.0.0.1:1/').catch((error) => console.log(error));
      console.log(auth, http.defaults, process.title, process.argv, process.execArgv);
    })();`;
  const credentials = { ...account, privateKey: keyText('rsa-pkcs8') };
  const urls = { sms: `${sandbox.url('sms')}json`, voice: sandbox.url('voice') };
  const unknown = new URL('/unknown', sandbox.url('sms')).href;
  const input = { credentials, products: sandbox.products, unknown, ...urls };
  const { code, output } = await run(['-'], {
    env: { DEBUG: '*', INPUT: JSON.stringify(input) },
    input: program,
  });
  expect(code).toBe(0);
  expect(sandbox.requests.map(({ refusal, product }) => [product, refusal])).toEqual([
    [undefined, undefined],
    ['sms', undefined],
    ['voice', undefined],
  ]);
  // The log of the request without a credential shows that debugging is on.
  expect(output).toContain('follow-redirects');
  const token = String(sandbox.requests.at(-1)?.headers['authorization']).slice(7);
  expect(leaksIn(output, [apiSecret, token, ...keySecrets(credentials.privateKey)])).toEqual([]);
});
