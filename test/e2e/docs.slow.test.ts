import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { commandErrors } from '../../src/cli/cli-error';
import { errorGroups } from '../../src/error-meanings';
import { after, before, pages, programsOf, readPage } from '../support/documentation';
import { keySecrets, keyText } from '../support/keys';
import { leaksIn } from '../support/leaks';
import { awsKms, startKms, type TestKms } from '../support/kms';
import { type Platform, startPlatform } from '../support/platform';
import { findRedis, type RedisServer, startRedis } from '../support/redis';
import { root } from '../support/run';

const apiKey = 'abcd1234';
const apiSecret = 'ABCDEFGH01234abc';
const signatureSecret = 'SignatureSecret1';
const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const privateKey = keyText('rsa-pkcs8');

/** What each example prints, by page and in the order of the page. */
const printed: Record<string, string[][]> = {
  'README.md': [
    ['SMS: 0'],
    ['"status":"0"'],
    ['Voice: started'],
    [`[ 'api_key', 'api_secret' ]`],
    [],
  ],
  'docs/credentials.md': [
    ['true true', 'Credentials {'],
    [`[ 'api_key', 'api_secret' ] abcd1234`],
    ['abcd1234 AuthInjector'],
  ],
  'docs/diagnostics.md': [[`{ product: 'sms', scheme: 'query' }`]],
  'docs/errors.md': [['Check the configuration: applicationId must have the shape of a UUID']],
  'docs/how-to/keep-the-secret-out-of-urls.md': [
    [`basic https://rest.nexmo.com/account/get-balance undefined [ 'Authorization' ]`],
  ],
  'docs/how-to/load-the-key-from-aws-secrets-manager.md': [['Bearer eyJ']],
  'docs/how-to/see-who-refused-and-why.md': [
    [`"product":"sms","scheme":"basic","status":200,"code":"4","cause":"The API key or secret`],
  ],
  'docs/how-to/send-with-got-ky-or-undici.md': [['ky 200 undici 200 got 200']],
  'docs/how-to/share-a-replay-guard.md': [['First: abcd1234 Second: ERR_WEBHOOK_HANDLED']],
  'docs/how-to/sign-with-a-key-in-a-kms.md': [['Bearer eyJ']],
  'docs/how-to/test-without-an-account.md': [['pass 1', 'fail 0']],
  'docs/how-to/use-several-accounts.md': [['HTTP 200', 'Webhook of efgh5678']],
  'docs/how-to/verify-a-webhook-behind-api-gateway.md': [
    Array.from({ length: 2 }, () => `abcd1234 { text: 'Hello' } { statusCode: 204, body: '' }`),
  ],
  'docs/how-to/verify-webhooks-with-a-global-parser.md': [['Received: Hello', 'Answer: 204']],
  'docs/http-clients.md': [
    ['200 2', '200'],
    ['{ value: 10.171275, autoReload: false }'],
    ['{ value: 10.171275, autoReload: false }'],
    ['200 [ 401, 200 ] 0'],
  ],
  'docs/index.md': [['SMS: 0'], ['"status":"0"'], ['SMS: 0']],
  'docs/migrate-from-hand-made.md': [
    ['Voice: 200'],
    ['Voice: 200'],
    ['SMS: 0 200'],
    ['SMS: 0 200'],
    ['SMS: 0'],
    ['SMS: 0'],
    ['abcd1234'],
    ['abcd1234'],
  ],
  'docs/migrate-from-nexmo.md': [
    ['SMS: 0 Voice: started'],
    ['SMS: 0 Voice: started'],
    ['SMS: 0', '602ab008942bdc0485897822c5e58327'],
    ['SMS: 0', '602ab008942bdc0485897822c5e58327'],
    ['alice'],
    ['alice'],
    ['abcd1234'],
  ],
  'docs/migrate-from-vonage-auth.md': [
    ['SMS: 0 Voice: 200'],
    ['SMS: 0 Voice: 200'],
    ['200'],
    ['200'],
    ['SMS: 14'],
    ['SMS: 0'],
    ['true'],
    ['alice'],
  ],
  'docs/oauth1.md': [['Served.']],
  'docs/official-sdks.md': [
    ['SMS: 0', 'Calls: 0'],
    ['Message: 36'],
    ['Balance: 10.17'],
    ['abcd1234 true false', `msisdn: '447700900001'`],
    [`[ [ '/sms/json', 'basic', 200 ] ]`],
  ],
  'docs/products.md': [
    ['Balance: 10.171275'],
    [`https://sms.acme.test/v1/send [ 'to', 'api_key', 'api_secret' ] {}`],
    [`[ '4', '14' ]`],
    ['gateway'],
    [`[ 'X-OPENTOK-AUTH' ]`],
    [`'from', 'to', 'text', 'api_key', 'timestamp', 'sig'`],
  ],
  'docs/testing.md': [
    ['Hello undefined'],
    ['[ { status: 503 }, { status: 200 } ] true'],
    ['200 401'],
  ],
  'docs/tokens.md': [
    [`{ alg: 'RS256', typ: 'JWT' }`, '300'],
    ['true false false'],
    ['Bearer eyJ'],
    ['moderator'],
  ],
  'docs/troubleshooting.md': [
    [`product: 'account', scheme: 'basic'`, 'status: 401', `cause: 'The API key and secret`],
    ['jwt-expired The token has expired. Check your clock.'],
  ],
  'docs/webhooks.md': [['abcd1234', 'ERR_WEBHOOK_HANDLED']],
};

const examples = pages.flatMap((page) =>
  programsOf(page).map(({ language, code }, index) => ({
    name: `${page}, ${index + 1}`,
    file: `${page.replace(/\W/g, '-')}-${index}`,
    language,
    code,
    texts: printed[page]?.[index] ?? [],
  })),
);

const redisProgram = findRedis(process.env);
const runnable = examples.filter(
  ({ code }) => redisProgram !== undefined || !code.includes('REDIS_URL'),
);

/** Inside the repository, so that `nexmo-auth` resolves to this package. */
let folder: string;
let platform: Platform;
let kms: TestKms;
let redis: RedisServer | undefined;
beforeAll(async () => {
  mkdirSync(join(root, 'temp'), { recursive: true });
  folder = mkdtempSync(join(root, 'temp/docs-'));
  writeFileSync(join(folder, 'private.key'), privateKey);
  writeFileSync(join(folder, 'public.key'), keyText('rsa-public'));
  const nexmorc = `[credentials]\napi_key = ${apiKey}\napi_secret = ${apiSecret}\n`;
  writeFileSync(join(folder, '.nexmorc'), nexmorc);
  const publicKey = keyText('rsa-public');
  const account = { apiKey, apiSecret, signatureSecret, applicationId, publicKey };
  platform = await startPlatform(account);
  kms = await startKms(awsKms);
  redis = redisProgram === undefined ? undefined : await startRedis(redisProgram);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await platform.close();
  await kms.close();
  await redis?.stop();
});

test('the expected output of every example is listed', () => {
  const counts = pages.map((page) => [page, programsOf(page).length] as const);
  const known = pages.map((page) => [page, printed[page]?.length ?? 0] as const);
  expect(known).toEqual(counts);
});

test('each example of old code is directly followed by the new code that replaces it', () => {
  const replaced = examples.map(({ code }) => code.startsWith(before));
  const replacing = examples.map(({ code }) => code.startsWith(after));
  expect(replacing).toEqual([false, ...replaced.slice(0, -1)]);
});

test.each(runnable)('the example runs: $name', async ({ file, code, texts }) => {
  const program = join(folder, `${file}.mjs`);
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  writeFileSync(program, ts.transpileModule(code, { compilerOptions }).outputText);
  const { code: exit, output } = await platform.run(program, folder, {
    NEXMO_API_KEY: apiKey,
    NEXMO_API_SECRET: apiSecret,
    NEXMO_APPLICATION_ID: applicationId,
    NEXMO_SIGNATURE_SECRET: signatureSecret,
    NEXMO_PRIVATE_KEY: privateKey.replaceAll('\n', '\\n'),
    REDIS_URL: `redis://127.0.0.1:${String(redis?.port)}`,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${kms.port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'access-key',
    AWS_SECRET_ACCESS_KEY: 'secret-of-the-account',
  });
  expect(`exit ${String(exit)}: ${output}`).toMatch(/^exit 0: /);
  for (const text of texts) expect(output.replace(/\s+/g, ' ')).toContain(text);
  expect(leaksIn(output, [apiSecret, ...keySecrets(privateKey)])).toEqual([]);
});

test('docs/errors.md has every code, with its cause and its remedy', () => {
  const entries = readPage('docs/errors.md').matchAll(
    /^### (ERR_\w+)\n\n- \*\*Cause:\*\* (.+)\n- \*\*Remedy:\*\* (.+\.)$/gm,
  );
  const listed = [...entries].map(([, code, cause, remedy]) => [code, { cause, remedy }]);
  const meanings = [...Object.values(errorGroups), commandErrors];
  expect(Object.fromEntries(listed)).toEqual(Object.assign({}, ...meanings));
});
