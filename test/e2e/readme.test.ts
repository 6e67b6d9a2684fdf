import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { errorMeanings } from '../../src/errors';
import { products } from '../../src/injector/products';
import { type Sandbox, startSandbox } from '../../src/testing';
import { keySecrets, keyText } from '../support/keys';
import { leaksIn } from '../support/leaks';
import { root, run } from '../support/run';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocksOf = (language: string) =>
  [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , code]) => String(code).trim());

const apiKey = 'abcd1234';
const apiSecret = 'ABCDEFGH01234abc';
const signatureSecret = 'SignatureSecret1';
const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const privateKey = keyText('rsa-pkcs8');

describe('every example of the README', () => {
  const examples = blocksOf('ts');
  const printed = [
    ['SMS: 0'],
    ['Number Insight: Success', 'Voice: started'],
    ['Balance: { value: 10.171275, autoReload: false }'],
    ['true true', 'Credentials {'],
    [`[ 'api_key', 'api_secret' ] abcd1234`],
    [`https://sms.acme.test/v1/send [ 'to', 'api_key', 'api_secret' ] {}`],
    [`[ '4', '14' ]`],
    [`'from', 'to', 'text', 'api_key', 'timestamp', 'sig'`],
    [],
    ['abcd1234', 'ERR_WEBHOOK_HANDLED'],
    ['Served.'],
    [`{ alg: 'RS256', typ: 'JWT' }`, '300'],
    ['true false false'],
    ['Bearer eyJ'],
    ['moderator'],
    [`{ product: 'sms', scheme: 'query' }`],
    ['Check the configuration: applicationId must have the shape of a UUID'],
    ['Hello undefined'],
    ['[ { status: 503 }, { status: 200 } ] true'],
  ];

  let folder: string;
  let sandbox: Sandbox;
  let platform: Server;
  beforeAll(async () => {
    mkdirSync(join(root, 'temp'), { recursive: true });
    folder = mkdtempSync(join(root, 'temp/readme-'));
    writeFileSync(join(folder, 'private.key'), privateKey);
    writeFileSync(join(folder, 'public.key'), keyText('rsa-public'));
    sandbox = await startSandbox({
      apiKey,
      apiSecret,
      applicationId,
      publicKey: keyText('rsa-public'),
    });
    // Stands for all hosts of the platform: the host a request was for becomes the first segment.
    platform = createServer((request, response) => {
      const { method, headers } = request;
      const { port } = new URL(sandbox.url('sms'));
      const host = headers['x-platform-host'] ?? headers.host;
      const path = `/${String(host)}${String(request.url)}`;
      const onward = forward({ port, path, method, headers }, (answer) => {
        response.writeHead(Number(answer.statusCode), answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    platform.listen(0, '127.0.0.1');
    await once(platform, 'listening');
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    platform.close();
    platform.closeAllConnections();
    await sandbox.close();
  });

  test('has what it prints written down here', () => {
    expect(printed).toHaveLength(examples.length);
  });

  test.each(examples.map((code, index) => [code.split('\n').at(-1), index] as const))(
    'runs: %s',
    async (_line, index) => {
      const file = join(folder, `example-${index}.mjs`);
      writeFileSync(file, String(examples[index]));
      const { code, output } = await run(['--require', join(__dirname, 'lead-home.cjs'), file], {
        cwd: folder,
        env: {
          PLATFORM_PORT: String((platform.address() as AddressInfo).port),
          NEXMO_API_KEY: apiKey,
          NEXMO_API_SECRET: apiSecret,
          NEXMO_APPLICATION_ID: applicationId,
          NEXMO_SIGNATURE_SECRET: signatureSecret,
          NEXMO_PRIVATE_KEY: privateKey.replaceAll('\n', '\\n'),
        },
      });
      expect(`exit ${String(code)}: ${output}`).toMatch(/^exit 0: /);
      for (const text of printed[index] ?? []) expect(output.replace(/\s+/g, ' ')).toContain(text);
      expect(leaksIn(output, [apiSecret, ...keySecrets(privateKey)])).toEqual([]);
    },
  );

  test('sends an SMS with key and secret alone, without an application and its key', async () => {
    const elsewhere = mkdtempSync(join(root, 'temp/readme-bare-'));
    const file = join(elsewhere, 'example.mjs');
    writeFileSync(file, String(examples[0]));
    const port = String((platform.address() as AddressInfo).port);
    const { code, output } = await run(['--require', join(__dirname, 'lead-home.cjs'), file], {
      cwd: elsewhere,
      env: { PLATFORM_PORT: port, NEXMO_API_KEY: apiKey, NEXMO_API_SECRET: apiSecret },
    });
    rmSync(elsewhere, { recursive: true });
    expect([code, output.trim()]).toEqual([0, 'SMS: 0']);
  });

  test('has sound types', async () => {
    const files = examples.map((code, index) => {
      const file = join(folder, `example-${index}.mts`);
      writeFileSync(file, code);
      return file;
    });
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const options = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--module',
      'nodenext',
      '--types',
      'node',
    ];
    const ignoreConfig = '--ignoreConfig';
    expect(await run([compiler, ignoreConfig, ...options, ...files])).toEqual({
      code: 0,
      output: '',
    });
  });
});

test('the commands of the README are those that CI runs', () => {
  const ci = readFileSync(join(root, '.ci/run'), 'utf8');
  const scripts = (
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }
  ).scripts;
  // test/package installs the package as the last one says.
  expect(blocksOf('sh')).toEqual([
    'npm ci && npm run demo',
    'npm ci && npm test',
    'npm install nexmo-auth axios',
  ]);
  expect(ci).toContain(`'npm ci && npm test'`);
  expect(ci).toContain(`'npm run demo'`);
  expect(scripts).toMatchObject({
    demo: expect.any(String) as string,
    test: expect.any(String) as string,
  });
});

test('the table of errors is that of errors.ts', () => {
  const rows = [...readme.matchAll(/^\| `(ERR_\w+)` +\| (.+?) +\|$/gm)].map(
    ([, code, meaning]) => [code, meaning] as const,
  );
  expect(Object.fromEntries(rows)).toEqual(errorMeanings);
});

test('the table of products is that of products.ts', () => {
  const rows = [...readme.matchAll(/^\| `([\w-]+)` +\| (`https:.+?`) +\| `(.+?)` +\|$/gm)];
  const documented = rows.map(([, name, urls, schemes]) => ({
    name,
    urls: [...String(urls).matchAll(/`(.+?)`/g)].map(([, url]) => url),
    schemes: [...String(schemes).matchAll(/[\w-]+/g)].map(([scheme]) => scheme),
  }));
  // Those of regional hosts are named in the text, but where there is no other.
  const own = ({ urls }: { urls: readonly string[] }) => {
    const others = urls.filter((url) => !url.startsWith('https://api-'));
    return others.length > 0 ? others : urls;
  };
  expect(documented).toEqual(
    products.map((product) => ({
      name: product.name,
      urls: own(product),
      schemes: product.schemes,
    })),
  );
});
