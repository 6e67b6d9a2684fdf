import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Acme, Credentials as reexported } from 'acme-sdk';
import { webhookRouter } from 'acme-sdk/express';
import { AuthInjector, Credentials } from 'nexmo-auth';
import { startSandbox } from 'nexmo-auth/testing';

assert.equal(reexported, Credentials);
assert.equal(createRequire(import.meta.url)('nexmo-auth').Credentials, Credentials);

const account = { apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' };
const sandbox = await startSandbox(account);
const credentials = new Credentials(account);
for (const auth of [credentials, () => credentials, new AuthInjector(credentials)]) {
  const acme = new Acme(auth, { platform: sandbox });
  await acme.sms.send({ from: 'Acme', to: '447700900000', text: 'Hello' });
  assert.equal(typeof webhookRouter(acme.webhooks, {}), 'function');
}
assert.equal(sandbox.requests.length, 3);
await sandbox.close();
