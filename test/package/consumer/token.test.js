const { generateKeyPairSync } = require('node:crypto');
const { generateJwt, verifyJwt } = require('nexmo-auth');
const { startSandbox } = require('nexmo-auth/testing');

const applicationId = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';

test('makes a token', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const claims = verifyJwt(generateJwt(applicationId, privateKey), publicKey);
  expect(claims.application_id).toBe(applicationId);
});

test('starts a sandbox', async () => {
  const sandbox = await startSandbox();
  expect(sandbox.url('sms')).toMatch(/^http:/);
  await sandbox.close();
});
