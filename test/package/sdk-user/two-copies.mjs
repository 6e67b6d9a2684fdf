import assert from 'node:assert/strict';
import { Acme, Credentials as ofTheSdk } from 'acme-sdk';
import { AuthInjector, Credentials } from 'nexmo-auth';

assert.notEqual(ofTheSdk, Credentials);
const credentials = new Credentials({ apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' });
const copyError = { code: 'ERR_INVALID_OPTION', message: /another copy.*npm ls nexmo-auth/ };
assert.throws(() => new Acme(credentials), copyError);
assert.throws(() => new Acme(new AuthInjector(credentials)), copyError);

// A provider is a function, so its result is checked at the first request.
await assert.rejects(
  new Acme(() => credentials).sms.send({ from: 'Acme', to: '447700900000', text: 'Hello' }),
  { name: 'CredentialsError', code: 'ERR_PROVIDER_FAILED', message: /another copy/ },
);
