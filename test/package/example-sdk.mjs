// Builds examples/acme-sdk from the packed package, and installs both as a user of the SDK does.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, run } from './tools.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const programs = fileURLToPath(new URL('sdk-user', import.meta.url));
const tool = (name) => join(root, 'node_modules/.bin', name);

function link(target, path) {
  fs.mkdirSync(join(path, '..'), { recursive: true });
  fs.symlinkSync(target, path, 'junction');
}

/**
 * @param tarball the tarball of the package
 * @param installed the folder in which that tarball is installed
 * @param temporary an empty folder to work in
 */
export async function checkExampleSdk({ tarball, installed, temporary }) {
  const sdk = join(temporary, 'acme-sdk');
  const user = join(temporary, 'sdk-user');
  let sdkTarball;

  await check('acme-sdk: plain tsc builds it against the packed package', () => {
    fs.cpSync(join(installed, 'examples/acme-sdk'), sdk, { recursive: true });
    link(installed, join(sdk, 'node_modules/nexmo-auth'));
    for (const name of ['express', '@types']) {
      link(join(root, 'node_modules', name), join(sdk, 'node_modules', name));
    }
    run(tool('tsc'), [], sdk);
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', temporary];
    const [{ filename, files }] = JSON.parse(run('npm', args, sdk));
    const unexpected = files.filter(({ path }) => !/^(dist\/|README|package\.json)/.test(path));
    assert.deepEqual(unexpected, []);
    sdkTarball = join(temporary, filename);
  });

  await check('acme-sdk: installs beside the package, and there is one copy of the package', () => {
    fs.cpSync(programs, user, { recursive: true });
    run('npm', ['install', '--loglevel=error', tarball, sdkTarball], user);
    assert.ok(!fs.existsSync(join(user, 'node_modules/acme-sdk/node_modules')));
    link(join(root, 'node_modules/express'), join(user, 'node_modules/express'));
    run(process.execPath, ['one-copy.mjs'], user);
  });

  await check('acme-sdk: the tests of a program that uses it compile and pass', () => {
    fs.copyFileSync(join(sdk, 'test/acme.test.ts'), join(user, 'acme.test.ts'));
    for (const name of ['node', 'jest']) {
      const types = join('node_modules/@types', name);
      link(join(root, types), join(user, types));
    }
    run(tool('tsc'), ['--project', '.'], user);
    run(tool('jest'), ['acme.test.js'], user);
  });

  await check('acme-sdk: reports Credentials and injectors of another copy', () => {
    const copy = join(user, 'node_modules/acme-sdk/node_modules/nexmo-auth');
    fs.cpSync(join(user, 'node_modules/nexmo-auth'), copy, { recursive: true });
    run(process.execPath, ['two-copies.mjs'], user);
  });
}
