// Measures the built package beside its peers: all parts, or the named ones. --quick takes less than a
// minute. A full run of all parts is written to docs/benchmarks.md and docs/benchmarks.svg.
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { chart } from './chart.mjs';
import { report } from './report.mjs';
import { section } from './table.mjs';
import { versions } from './machine.mjs';

const parts = [
  'new-token',
  'parallel-tokens',
  'event-loop',
  'cached-token',
  'schemes',
  'inject',
  'auth-fetch',
  'attach-auth',
  'vonage',
  'loading',
  'first-header',
  'bundle',
  'command',
  'tenants',
  'inject-tenants',
  'stampede',
  'webhooks',
  'express',
  'replay-memory',
  'replay-redis',
  'replay-processes',
  'linear',
];

if (process.argv.includes('--against')) {
  const { compare } = await import('./against.mjs');
  const ref = process.argv[process.argv.indexOf('--against') + 1] ?? '';
  process.exit((await compare(ref, { isGate: process.argv.includes('--gate') })) ? 0 : 1);
}

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const selected = named.length > 0 ? named : parts;

versions();
const measured = [];
for (const name of selected) {
  const part = await measure(name);
  if (part === undefined) continue;
  measured.push({ name, ...part });
  console.log(`${section({ name, ...part })}\n`);
}

const targets = measured.flatMap(({ rows }) => rows.flatMap(({ target }) => target ?? []));
const reached = targets.filter(({ isReached }) => isReached).length;
const summary = `${reached} of ${targets.length} targets reached`;
console.log(summary);

if (measured.length === parts.length && flags.length === 0) {
  const docs = new URL('../docs/', import.meta.url);
  mkdirSync(docs, { recursive: true });
  writeFileSync(new URL('benchmarks.md', docs), report(measured, summary));
  writeFileSync(new URL('benchmarks.svg', docs), chart(measured));
}

/** Measures a part in a process of its own, so that compiled code and garbage of other parts do not affect it. */
function measure(name) {
  const part = fork(new URL('part.mjs', import.meta.url), [name, ...flags], {
    // mitata collects garbage before each of its runs.
    execArgv: ['--expose-gc'],
  });
  return new Promise((resolve) => {
    part.once('message', resolve);
    part.once('exit', (code) => {
      if (code !== 0) {
        console.error(`${name} was not measured.`);
        process.exitCode = 1;
      }
      resolve(undefined);
    });
  });
}
