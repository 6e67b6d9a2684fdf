// How a program that uses acme-sdk is tested: against the sandbox of nexmo-auth.
import { generateKeyPairSync } from 'node:crypto';
import { Acme, AuthInjector, Credentials, RefusedError, webhookHandler, withAxios } from 'acme-sdk';
import axios from 'axios';
import { type Sandbox, signWebhook, startSandbox } from 'nexmo-auth/testing';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const apiKey = 'abcd1234';
const apiSecret = 'ABCDEFGH01234abc';
const signatureSecret = 'SignatureSecret1';
const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const credentials = new Credentials({
  apiKey,
  apiSecret,
  signatureSecret,
  applicationId,
  privateKey,
});
const message = { from: 'Acme', to: '447700900000', text: 'Hello' };

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ apiKey, apiSecret, signatureSecret, applicationId, publicKey });
});
afterAll(() => sandbox.close());

test.each([
  ['credentials', credentials],
  ['a provider', () => credentials],
  ['an injector', new AuthInjector(credentials)],
])('sends an SMS with %s', async (_name, auth) => {
  const acme = new Acme(auth, { platform: sandbox });
  const [part] = await acme.sms.send(message);
  expect(part).toMatchObject({ to: message.to, status: '0' });
});

test('looks up a number, and makes and ends a call, with axios', async () => {
  const transport = withAxios(axios.create({ timeout: 5000 }));
  const acme = new Acme(credentials, { platform: sandbox, transport });
  const { country_code } = await acme.numberInsight.basic('447700900000');
  const ncco = [{ action: 'talk', text: 'Hello' }];
  const { uuid } = await acme.voice.call({ from: '447700900001', to: '447700900000', ncco });
  await acme.voice.hangUp(uuid);
  expect(country_code).toBe('GB');
});

test('reports a wrong secret', async () => {
  const wrong = new Acme(credentials.with({ apiSecret: 'WrongSecret12345' }), {
    platform: sandbox,
  });
  const error: unknown = await wrong.sms.send(message).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RefusedError);
});

test('handles a webhook once', async () => {
  const received: unknown[] = [];
  const handle = webhookHandler(new Acme(credentials).webhooks, {
    messages: (inbound) => received.push(inbound),
    calls: () => undefined,
    sms: () => undefined,
  });
  const { headers, rawBody } = signWebhook({ secret: signatureSecret, apiKey, body: message });
  const url = 'https://acme.test/webhooks/messages';
  for (const status of [204, 200]) {
    const request = new Request(url, { method: 'POST', headers, body: String(rawBody) });
    expect((await handle(request)).status).toBe(status);
  }
  expect(received).toEqual([message]);
});
