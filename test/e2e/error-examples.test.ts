import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json';
import { commandErrors } from '../../src/cli/cli-error';
import { errorGroups } from '../../src/error-meanings';
import { type Sandbox, startSandbox } from '../../src/testing';
import { applicationId, held } from '../support/account';
import { codeBlocksOf } from '../support/documentation';
import { keyText } from '../support/keys';
import { root, run } from '../support/run';

type Side = 'provokes' | 'avoids';
type Examples = Record<string, Record<Side, string>>;

/** The code of the error that each side of an example ends with. Null if there is no error. */
type Outcomes = Record<string, Record<Side, string | null>>;

const packageCodes = Object.values(errorGroups).flatMap((meanings) => Object.keys(meanings));
const commandCodes = Object.keys(commandErrors);

let folder: string;
let sandbox: Sandbox;
let packageOutcomes: Outcomes;
let commandOutcomes: Outcomes;
beforeAll(async () => {
  // Inside the repository, so that `nexmo-auth` resolves to this package.
  mkdirSync(join(root, 'temp'), { recursive: true });
  folder = mkdtempSync(join(root, 'temp/error-examples-'));
  writeFileSync(join(folder, 'private.key'), keyText('rsa-pkcs8'), { mode: 0o600 });
  writeFileSync(join(folder, 'encrypted.key'), keyText('rsa-pkcs8-encrypted'), { mode: 0o600 });
  writeFileSync(join(folder, 'public.key'), keyText('rsa-public'));
  sandbox = await startSandbox(held);
  const { errorExamples, commandExamples } = await readExamples();
  [packageOutcomes, commandOutcomes] = await Promise.all([
    runExamples(errorExamples),
    runCommands(commandExamples),
  ]);
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await sandbox.close();
});

test('every code has an example, in the order of docs/errors.md', () => {
  expect(Object.keys(packageOutcomes)).toEqual(packageCodes);
  expect(Object.keys(commandOutcomes)).toEqual(commandCodes);
});

test.each(packageCodes)('the examples of %s provoke and avoid it', (code) => {
  expect(packageOutcomes[code]).toEqual({ provokes: code, avoids: null });
});

test.each(commandCodes)('the examples of the command provoke and avoid %s', (code) => {
  expect(commandOutcomes[code]).toEqual({ provokes: code, avoids: null });
});

async function readExamples() {
  // Jest cannot import an ES module.
  const file = JSON.stringify(join(root, 'site/error-examples.mjs'));
  const program = `import(${file}).then((module) => console.log(JSON.stringify(module)))`;
  const { output } = await run(['--eval', program]);
  return JSON.parse(output) as Record<'errorExamples' | 'commandExamples', Examples>;
}

/** Runs the examples in one program, which begins with the definitions of docs/errors/examples.md. */
async function runExamples(examples: Examples): Promise<Outcomes> {
  const [definitions = ''] = codeBlocksOf('docs/errors/examples.md', 'js');
  const outcomes = Object.entries(examples).map(
    ([code, { provokes, avoids }]) => `${code}: {
  provokes: await outcomeOf(async () => {\n${provokes}\n}),
  avoids: await outcomeOf(async () => {\n${avoids}\n}),
},`,
  );
  writeFileSync(
    join(folder, 'examples.mjs'),
    `${definitions}
const outcomeOf = (example) => example().then(() => null, ({ code, stack }) => code ?? stack);
const outcomes = {\n${outcomes.join('\n')}\n};
fs.writeFileSync('outcomes.json', JSON.stringify(outcomes));
await sandbox.close();`,
  );
  expect(await run(['examples.mjs'], { cwd: folder })).toEqual({ code: 0, output: '' });
  return JSON.parse(readFileSync(join(folder, 'outcomes.json'), 'utf8')) as Outcomes;
}

async function runCommands(examples: Examples): Promise<Outcomes> {
  const command = join(folder, 'nexmo-auth');
  const main = join(root, manifest.bin['nexmo-auth']);
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(command, 0o755);
  const outcomes = Object.entries(examples).map(
    async ([code, { provokes, avoids }]) =>
      [code, { provokes: await runShell(provokes), avoids: await runShell(avoids) }] as const,
  );
  return Object.fromEntries(await Promise.all(outcomes));
}

function runShell(lines: string): Promise<string | null> {
  const env = {
    PATH: `${folder}:${String(process.env['PATH'])}`,
    HOME: folder,
    VONAGE_API_KEY: held.apiKey,
    VONAGE_API_SECRET: held.apiSecret,
    VONAGE_APPLICATION_ID: applicationId,
    VONAGE_PRIVATE_KEY_PATH: './private.key',
    SANDBOX_URL: new URL(sandbox.url('account')).origin,
  };
  return new Promise((resolve) => {
    execFile('sh', ['-ec', lines], { cwd: folder, env }, (error, _stdout, stderr) => {
      resolve(error === null ? null : (/^(ERR_\w+): /.exec(stderr)?.[1] ?? stderr));
    });
  });
}
