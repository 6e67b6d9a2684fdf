export const credentialExamples = {
  ERR_INVALID_CREDENTIAL: {
    provokes: `new Credentials({ apiKey: ' abcd1234', apiSecret });`,
    avoids: `new Credentials({ apiKey: ' abcd1234'.trim(), apiSecret });`,
  },
  ERR_CONTROL_CHARACTER: {
    provokes: `writeFileSync('secret.txt', \`\${apiSecret}\\n\`);
new Credentials({ apiKey, apiSecret: readFileSync('secret.txt', 'utf8') });`,
    avoids: `writeFileSync('secret.txt', \`\${apiSecret}\\n\`);
new Credentials({ apiKey, apiSecret: readFileSync('secret.txt', 'utf8').trim() });`,
  },
  ERR_INVALID_APPLICATION_ID: {
    provokes: `new Credentials({ applicationId: 'my-app', privateKey });`,
    avoids: `new Credentials({ applicationId: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab', privateKey });`,
  },
  ERR_MISSING_CREDENTIAL: {
    provokes: `new JwtGenerator(new Credentials({ apiKey, apiSecret }));`,
    avoids: `new JwtGenerator(new Credentials({ applicationId, privateKey }));`,
  },
  ERR_INVALID_OPTION: {
    provokes: `new Credentials({ apiKey, secret: apiSecret });`,
    avoids: `new Credentials({ apiKey, apiSecret });`,
  },
  ERR_KEY_INVALID: {
    provokes: `new Credentials({ applicationId, privateKey: privateKey.slice(0, 900) });`,
    avoids: `new Credentials({ applicationId, privateKey });`,
  },
  ERR_KEY_NOT_RSA: {
    provokes: `const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
new Credentials({ applicationId, privateKey });`,
    avoids: `const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
new Credentials({ applicationId, privateKey });`,
  },
  ERR_KEY_TOO_SHORT: {
    provokes: `const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
new Credentials({ applicationId, privateKey });`,
    avoids: `const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
new Credentials({ applicationId, privateKey });`,
  },
  ERR_KEY_IS_PUBLIC: {
    provokes: `new Credentials({ applicationId, privateKey: publicKey });`,
    avoids: `new Credentials({ applicationId, privateKey });`,
  },
  ERR_KEY_PASSPHRASE_MISSING: {
    provokes: `new Credentials({ applicationId, privateKey: './encrypted.key' });`,
    avoids: `new Credentials({ applicationId, privateKey: './encrypted.key', passphrase });`,
  },
  ERR_KEY_PASSPHRASE_WRONG: {
    provokes: `new Credentials({ applicationId, privateKey: './encrypted.key', passphrase: apiSecret });`,
    avoids: `new Credentials({ applicationId, privateKey: './encrypted.key', passphrase });`,
  },
  ERR_KEY_FILE_NOT_FOUND: {
    provokes: `new Credentials({ applicationId, privateKey: './privat.key' });`,
    avoids: `new Credentials({ applicationId, privateKey: './private.key' });`,
  },
  ERR_KEY_FILE_IS_DIRECTORY: {
    provokes: `mkdirSync('keys', { recursive: true });
new Credentials({ applicationId, privateKey: './keys' });`,
    avoids: `mkdirSync('keys', { recursive: true });
copyFileSync('private.key', 'keys/private.key');
new Credentials({ applicationId, privateKey: './keys/private.key' });`,
  },
  ERR_KEY_FILE_UNREADABLE: {
    provokes: `// A symbolic link to itself. The usual reason is a missing permission.
symlinkSync('loop.key', 'loop.key');
new Credentials({ applicationId, privateKey: './loop.key' });`,
    avoids: `symlinkSync('private.key', 'link.key');
new Credentials({ applicationId, privateKey: './link.key' });`,
  },
  ERR_CREDENTIALS_NOT_FOUND: {
    provokes: `await fromEnv({ API_KEY: apiKey, API_SECRET: apiSecret })();`,
    avoids: `await fromEnv({ NEXMO_API_KEY: apiKey, NEXMO_API_SECRET: apiSecret })();`,
  },
  ERR_CREDENTIALS_CONFLICT: {
    provokes: `await fromEnv({ NEXMO_API_KEY: 'abcd1234', VONAGE_API_KEY: 'efgh5678' })();`,
    avoids: `await fromEnv({ VONAGE_API_KEY: 'efgh5678' })();`,
  },
  ERR_CREDENTIALS_FILE_INVALID: {
    provokes: `writeFileSync('half.json', '{ "api-key": "abcd1234"', { mode: 0o600 });
await fromFile('half.json')();`,
    avoids: `writeFileSync('whole.json', '{ "api-key": "abcd1234" }', { mode: 0o600 });
await fromFile('whole.json')();`,
  },
  ERR_CREDENTIALS_FILE_UNREADABLE: {
    provokes: `await fromFile('.')(); // a folder`,
    avoids: `writeFileSync('nexmo.json', '{ "api-key": "abcd1234" }', { mode: 0o600 });
await fromFile('./nexmo.json')();`,
  },
  ERR_CREDENTIALS_PENDING: {
    provokes: `const auth = vonageAuth(new AuthInjector(async () => credentials));
const { apiKey } = auth;`,
    avoids: `const auth = vonageAuth(new AuthInjector(async () => credentials));
await auth.createBasicHeader();
const { apiKey } = auth;`,
  },
  ERR_PROVIDER_FAILED: {
    provokes: `const auth = new AuthInjector(async () => ({ apiKey, apiSecret }));
await auth.inject({ url: 'https://rest.nexmo.com/account/get-balance' });`,
    avoids: `const auth = new AuthInjector(async () => new Credentials({ apiKey, apiSecret }));
await auth.inject({ url: 'https://rest.nexmo.com/account/get-balance' });`,
  },
  ERR_PROVIDER_TIMEOUT: {
    provokes: `const neverAnswers = () => new Promise(() => {});
const auth = new AuthInjector(neverAnswers, { provider: { deadline: 1 } });
await auth.inject({ url: 'https://rest.nexmo.com/account/get-balance' });`,
    avoids: `const answers = () => setTimeout(10, credentials);
const auth = new AuthInjector(answers, { provider: { deadline: 60 } });
await auth.inject({ url: 'https://rest.nexmo.com/account/get-balance' });`,
  },
  ERR_PROVIDER_ABORTED: {
    provokes: `const signal = AbortSignal.abort();
const auth = new AuthInjector(async () => credentials, { provider: { signal } });
await auth.inject({ url: 'https://rest.nexmo.com/account/get-balance' });`,
    avoids: `const signal = AbortSignal.timeout(60_000);
const auth = new AuthInjector(async () => credentials, { provider: { signal } });
await auth.inject({ url: 'https://rest.nexmo.com/account/get-balance' });`,
  },
};
