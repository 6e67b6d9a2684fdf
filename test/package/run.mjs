// Packs the package, installs it as a user would, and checks the result.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { checkExampleSdk } from './example-sdk.mjs';
import { publicNames } from './public-names.mjs';
import { check, run, summarise } from './tools.mjs';

const nodes = ['20', '22', '24', '26'];
const modules = [
  { module: 'node16', moduleResolution: 'node16' },
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
  { module: 'commonjs', moduleResolution: 'node10' },
];
const packedFiles =
  /^(dist\/.+\.(js|mjs|d\.ts|d\.mts)|docs\/([\w-]+\/)?[\w-]+\.md|docs\/benchmarks\.svg|examples\/[\w-]+\.(mjs|ts)|examples\/acme-sdk\/((src|test)\/[\w-]+(\.test)?\.ts|(package|tsconfig)\.json|README\.md)|README\.md|LICENSE|CHANGELOG\.md|CONTRIBUTING\.md|SECURITY\.md|THIRD_PARTY_LICENSES|package\.json)$/;

/**
 * The proxy that environment-proxy.cjs starts. Its port is fixed, because another process could take a free port that
 * was chosen at run time.
 */
const throughProxy = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:39997' };

const root = fileURLToPath(new URL('../..', import.meta.url));
const consumer = fileURLToPath(new URL('consumer', import.meta.url));
const temporary = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'nexmo-auth-'));
const project = join(temporary, 'project');
const tool = (name) => join(root, 'node_modules/.bin', name);

function pack() {
  // The output of the build must not mix with the JSON.
  const quiet = ['--json', '--loglevel=error', '--foreground-scripts=false'];
  const args = ['pack', ...quiet, '--pack-destination', temporary];
  const [{ filename, files }] = JSON.parse(run('npm', args, root));
  return { tarball: join(temporary, filename), files: files.map(({ path }) => path) };
}

async function lint(tarball) {
  const stream = new Blob([fs.readFileSync(tarball)]).stream();
  const { messages, pkg } = await publint({ pack: { tarball: stream }, strict: true });
  const texts = messages.map((message) => formatMessage(message, pkg, { color: false }));
  // An example to copy has a package.json of its own. Nothing loads it from within this package.
  const others = texts.filter((text) => !text.startsWith('./examples/acme-sdk/package.json has'));
  assert.deepEqual(others, []);
}

function install(tarball) {
  fs.mkdirSync(project);
  fs.writeFileSync(join(project, 'package.json'), '{ "private": true }');
  run('npm', ['install', '--loglevel=error', tarball], project);
}

/** Adds the files of a user: programs that use the package, and the types of Node.js. */
function addUserFiles() {
  fs.cpSync(consumer, project, { recursive: true });
  for (const kind of ['mts', 'cts']) {
    fs.copyFileSync(join(project, 'types.ts'), join(project, `types.${kind}`));
  }
  fs.writeFileSync(join(project, 'public-names.json'), JSON.stringify(publicNames));
  fs.mkdirSync(join(project, 'node_modules/@types'), { recursive: true });
  const types = 'node_modules/@types/node';
  fs.symlinkSync(join(root, types), join(project, types), 'junction');
}

function runOn(major, file, env = {}) {
  const isCurrent = process.versions.node.split('.')[0] === major;
  const [command, ...args] = isCurrent
    ? [process.execPath]
    : ['npx', '--yes', `--package=node@${major}`, '--', 'node'];
  run(command, [...args, file, major], project, env);
}

/** Runs the command nexmo-auth by npx, from the installed package. */
function runCommand(major, args) {
  const isCurrent = process.versions.node.split('.')[0] === major;
  return isCurrent
    ? run('npx', ['--no-install', 'nexmo-auth', ...args], project)
    : run('npx', ['--yes', `--package=node@${major}`, '--', 'nexmo-auth', ...args], project);
}

function checkCommand(major) {
  const { version } = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
  assert.equal(runCommand(major, ['--version']), `${version}\n`);
  const key = ['--app-id', 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab', '--private-key', 'command.key'];
  assert.match(runCommand(major, ['jwt', 'create', ...key]), /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
}

function checkEveryNameIsUsed() {
  const source = fs.readFileSync(join(consumer, 'types.ts'), 'utf8');
  const names = Object.values(publicNames).flatMap(({ types, values }) => [...types, ...values]);
  const unused = names.filter((name) => !new RegExp(`\\b${name}\\b`).test(source));
  assert.deepEqual(unused, []);
}

try {
  const { tarball, files } = pack();
  await check('the tarball contains only the expected files', () => {
    assert.deepEqual(
      files.filter((file) => !packedFiles.test(file)),
      [],
    );
  });
  await check('publint finds no problem', () => lint(tarball));
  await check('attw finds no problem', () => {
    run(tool('attw'), ['--profile', 'node16', tarball], root);
  });
  await check('the package installs in an empty project', () => install(tarball));
  addUserFiles();
  await check('npx nexmo-auth keys generate', () =>
    run('npx', ['--no-install', 'nexmo-auth', 'keys', 'generate', '--out', 'command.key'], project),
  );
  for (const node of nodes) {
    await check(`Node ${node}: npx nexmo-auth`, () => checkCommand(node));
    await check(`Node ${node}: require`, () => runOn(node, 'require.cjs'));
    await check(`Node ${node}: import`, () => runOn(node, 'import.mjs'));
    await check(`Node ${node}: loopback requests bypass the proxy of the environment`, () =>
      runOn(node, 'environment-proxy.cjs', throughProxy),
    );
  }
  await check('consumer/types.ts uses every public name', checkEveryNameIsUsed);
  for (const { module, moduleResolution } of modules) {
    await check(`types: ${moduleResolution}`, () => {
      const options = ['--module', module, '--moduleResolution', moduleResolution];
      options.push('--ignoreDeprecations', '6.0');
      run(tool('tsc'), ['--project', '.', ...options], project);
    });
  }
  const installed = join(project, 'node_modules/nexmo-auth');
  await checkExampleSdk({ tarball, installed, temporary });
  await check('the bundlers install', () => {
    run('npm', ['ci', '--loglevel=error'], fileURLToPath(new URL('bundlers', import.meta.url)));
  });
  const { bundlers, requireBanner } = await import('./bundlers/bundlers.mjs');
  for (const [name, { extension, bundle }] of Object.entries(bundlers)) {
    await check(`a bundle by ${name} runs`, async () => {
      const file = join(temporary, `bundle.${extension}`);
      await bundle(join(project, 'program.mjs'), file);
      assert.equal(run(process.execPath, [file], temporary), 'It ran.\n');
    });
  }
  await check('docs/bundlers.md has the banner that the test uses', () => {
    const docs = fs.readFileSync(join(root, 'docs/bundlers.md'), 'utf8');
    assert.ok(docs.includes(requireBanner));
  });
  await check('Jest without configuration runs tests that use the package', () =>
    run(tool('jest'), [], project),
  );
} finally {
  fs.rmSync(temporary, { recursive: true, force: true });
}
summarise();
