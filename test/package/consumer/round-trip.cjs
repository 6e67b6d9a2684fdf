const assert = require('node:assert/strict');
const { generateKeyPairSync } = require('node:crypto');

/** Sends one SMS and one call to the sandbox. */
module.exports = async function roundTrip(library, { startSandbox }, axios) {
  const { Credentials, AuthInjector, attachAuth, NexmoAuthError } = library;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const account = {
    apiKey: 'abcd1234',
    apiSecret: 'correct horse',
    applicationId: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
  };
  const sandbox = await startSandbox({ ...account, publicKey });
  try {
    const credentials = new Credentials({ ...account, privateKey });
    const client = axios.create();
    attachAuth(client, new AuthInjector(credentials, { products: sandbox.products }));

    const sms = { from: 'Nexmo', to: '447700900000', text: 'Hello' };
    const { data } = await client.post(`${sandbox.url('sms')}json`, sms);
    assert.equal(data.messages[0].status, '0');

    const call = { to: [{ type: 'phone', number: '447700900000' }], from: { type: 'phone' } };
    const { status } = await client.post(sandbox.url('voice'), call);
    assert.equal(status, 201);

    const arrived = sandbox.requests.map(({ product, refusal }) => ({ product, refusal }));
    assert.deepEqual(arrived, [
      { product: 'sms', refusal: undefined },
      { product: 'voice', refusal: undefined },
    ]);
    await assert.rejects(startSandbox({ publicKey: 'none' }), NexmoAuthError);
  } finally {
    await sandbox.close();
  }
};
