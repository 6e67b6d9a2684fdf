import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';

/** What the figures were measured on: name and value. */
export function machine() {
  const [{ model }, ...others] = cpus();
  return [
    ['CPU', `${model.trim()}, ${others.length + 1} cores`],
    ['memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ['system', system()],
    ['Node.js', process.version],
    ['OpenSSL', process.versions.openssl],
  ];
}

function system() {
  const kernel = `${type()} ${release()}`;
  try {
    const [, name] = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'));
    return `${name}, ${kernel}`;
  } catch {
    return kernel;
  }
}

const require = createRequire(import.meta.url);
const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url)));

/** The packages in the versions that ran. */
export function versions() {
  const subject = require('../package.json');
  requireSame(['jsonwebtoken', 'axios']);
  return [
    [subject.name, subject.version],
    ...Object.keys(dependencies).map((name) => [name, versionAt('', name)]),
  ];
}

/** Else a difference between versions would pass for one between packages. */
function requireSame(names) {
  const other = names.find((name) => versionAt('', name) !== versionAt('../', name));
  if (other === undefined) return;
  throw new Error(
    `The bench has another version of ${other} than the package: make them the same.`,
  );
}

function versionAt(folder, name) {
  const file = new URL(`${folder}node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
