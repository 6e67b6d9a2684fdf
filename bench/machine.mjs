import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';

/** The machine that the figures were measured on, as pairs of name and value. */
export function machine() {
  const [{ model }, ...otherCores] = cpus();
  return [
    ['CPU', `${model.trim()}, ${otherCores.length + 1} cores`],
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

/** The measured packages with their versions. */
export function versions() {
  const subject = require('../package.json');
  requireSame(['jsonwebtoken', 'axios']);
  return [
    [subject.name, subject.version],
    ...Object.keys(dependencies).map((name) => [name, versionAt('', name)]),
  ];
}

/** Throws if bench/ has another version of a dependency: that difference would look like one between the packages. */
function requireSame(names) {
  const name = names.find((each) => versionAt('', each) !== versionAt('../', each));
  if (name === undefined) return;
  throw new Error(`bench/ has another version of ${name} than the package. Make them the same.`);
}

function versionAt(folder, name) {
  const file = new URL(`${folder}node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
