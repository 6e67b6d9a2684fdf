// Runs the recipes for got and ky in docs/http-clients.md, in another process, since got and ky are ES modules.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { held } from '../support/account';
import { codeBlocksOf } from '../support/documentation';
import { leaksIn } from '../support/leaks';
import { root, run } from '../support/run';

/** Sends requests by `client`, the client of a recipe. Prints what arrived and what the errors show. */
const program = `
import http, { createServer } from 'node:http';
import { inspect } from 'node:util';
const apiKey = '${held.apiKey}';
const apiSecret = '${held.apiSecret}';
const received = { gateway: [], other: [] };
const byGlobalAgent = [];
class GlobalAgent extends http.Agent {
  addRequest(request, options) {
    byGlobalAgent.push(request.path);
    super.addRequest(request, options);
  }
}
http.globalAgent = new GlobalAgent();
const serve = async (name, answer) => {
  const server = createServer((request, response) => {
    received[name].push(request.url + ' ' + String(request.headers.authorization));
    answer(request, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: 'http://127.0.0.1:' + server.address().port };
};
const other = await serve('other', (request, response) => response.end('other'));
const gateway = await serve('gateway', (request, response) => {
  if (request.url.includes('redirect')) {
    response.writeHead(302, { location: other.origin + request.url }).end();
  } else if (request.url.includes('broken')) request.socket.destroy();
  else if (request.url.includes('failed')) response.writeHead(400).end('no');
  else response.end('ok');
});
const products = ['query', 'basic'].map((scheme) => ({
  name: scheme,
  urls: [gateway.origin + '/' + scheme + '/'],
  schemes: [scheme],
}));
const sandbox = await startSandbox({ apiKey, apiSecret: 'PreviousSecret1' });
const credentials = new Credentials({ apiKey, apiSecret: [apiSecret, 'PreviousSecret1'] });
const auth = new AuthInjector(credentials, {
  products: [...products, ...sandbox.products],
  schemes: { account: 'basic' },
});
const send = client(auth);
const outcomeOf = async (url) => {
  try {
    const response = await send(url, { retry: { limit: 0 } });
    return { status: response.status ?? response.statusCode };
  } catch (error) {
    return {
      name: error.name,
      shown: inspect(error, { depth: Infinity }) + JSON.stringify(error) + error.stack + error.message,
      status: error.response?.status ?? error.response?.statusCode,
    };
  }
};
const outcomes = {};
for (const path of ['query/a?b=c', 'basic/a', 'other/a', 'query/redirect', 'query/broken', 'basic/failed']) {
  outcomes[path] = await outcomeOf(gateway.origin + '/' + path);
}
const balance = sandbox.url('account') + 'get-balance';
outcomes.balance = [await outcomeOf(balance), await outcomeOf(balance)];
const statuses = sandbox.requests.map(({ status }) => status);
sandbox.change({ apiSecret: 'AnotherSecret1' });
outcomes.refused = await outcomeOf(balance);
const later = sandbox.requests.slice(statuses.length).map(({ status }) => status);
const count = sandbox.requests.length;
const twice = await send(balance, {
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'api_key=evil',
}).then(() => 'sent', (error) => error.code ?? error.cause?.code);
const sentTwice = sandbox.requests.length - count;
console.log(JSON.stringify({ received, byGlobalAgent, outcomes, statuses, later, twice, sentTwice }));
process.exit();
`;

type Outcome = { name?: string; shown?: string; status?: number };
type Report = {
  received: Record<'gateway' | 'other', string[]>;
  byGlobalAgent: string[];
  outcomes: Record<string, Outcome> & { balance: Outcome[] };
  statuses: number[];
  later: number[];
  twice: string;
  sentTwice: number;
};

async function report(name: string): Promise<Report> {
  const block = codeBlocksOf('docs/http-clients.md', 'ts').find((code) => code.includes(name));
  const [recipe = ''] = String(block).split('\nconst sandbox = ');
  mkdirSync(join(root, 'temp'), { recursive: true });
  const folder = mkdtempSync(join(root, 'temp/other-clients-'));
  try {
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
    // Compiled as one text: the recipe imports names that only the program uses, such as startSandbox.
    const source = ts.transpileModule(`${recipe}\nconst client: any = ${name};\n${program}`, {
      compilerOptions,
    });
    writeFileSync(join(folder, 'program.mjs'), source.outputText);
    const { output } = await run([join(folder, 'program.mjs')]);
    return JSON.parse(output) as Report;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const basic = `Basic ${btoa(`${held.apiKey}:${held.apiSecret}`)}`;

describe.each([
  ['got', 'authenticatedGot'],
  ['ky', 'authenticatedKy'],
])('the recipe for %s', (client, name) => {
  let found: Report;
  beforeAll(async () => {
    found = await report(name);
  });

  test('does not send a form that has a credential already', () => {
    expect(found).toMatchObject({ twice: 'ERR_CREDENTIAL_PRESENT', sentTwice: 0 });
  });

  test('attaches the credential to URLs of a product, and none to other URLs', () => {
    const key = `api_key=${held.apiKey}&api_secret=${held.apiSecret}`;
    expect(found.received.gateway).toEqual(
      expect.arrayContaining([
        `/query/a?b=c&${key} undefined`,
        `/basic/a ${basic}`,
        '/other/a undefined',
      ]),
    );
  });

  test('sends no credential by the global agent, which may use a proxy of the environment', () => {
    expect(found.byGlobalAgent).toEqual({ got: ['/other/a'], ky: [] }[client]);
  });

  test('follows no redirect with the credential', () => {
    expect(found.received.other).toEqual([]);
    expect(found.outcomes['query/redirect']?.status).toBe(302);
  });

  test('retries once after a refusal, and then uses the accepted credential', () => {
    expect(found.outcomes.balance).toEqual([{ status: 200 }, { status: 200 }]);
    expect(found.statuses).toEqual([401, 200, 200]);
    expect(found.outcomes['refused']?.status).toBe(401);
    expect(found.later).toEqual([401, 401]);
  });

  test('shows no secret in errors', () => {
    const { 'query/broken': broken, 'basic/failed': failed } = found.outcomes;
    expect(failed?.name).toBe('HTTPError');
    expect(broken?.name).toBe({ got: 'RequestError', ky: 'TypeError' }[client]);
    const shown = [broken?.shown, failed?.shown];
    expect(shown.every((text) => String(text).length > 100)).toBe(true);
    expect(leaksIn(shown, [held.apiSecret, basic.slice(6)])).toEqual([]);
  });
});
