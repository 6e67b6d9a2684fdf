// Compares this build with that of another commit, by processor time (user + system of the process):
//   npm run bench -- --against REF [--quick] [--gate]
// For each case, a process loads both builds and measures them in turns, and another process loads them in the
// reverse order. A row is printed for each case that differs beyond noise. With --gate, a row is printed for each case
// that takes more than 15 % longer, and the exit code is 1 only if a case takes more than 50 % longer in each of three
// runs.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { cases, processes } from './cases.mjs';
import { measureInChild } from './child.mjs';
import { effort } from './effort.mjs';
import { withServer } from './http-server.mjs';
import { runInterleaved } from './interleave.mjs';
import { median } from './series.mjs';
import { root } from './subject.mjs';
import { number, time } from './units.mjs';

const runs = 3;
const noted = 1.15;
const failing = 1.5;

/** Measures all cases and prints those that differ. With `isGate`, returns false if a case became much slower. */
export async function compare(ref, { isGate }) {
  const sha = commitOf(ref);
  if (sha === undefined) {
    console.log(`There is no commit ${ref} to compare with.`);
    return true;
  }
  const before = build(sha);
  console.log(`Processor time of this build ÷ that of ${ref} (${sha.slice(0, 7)}).\n`);
  const rows = await measureAll(before, Object.keys(cases), Object.keys(processes));
  const shown = isGate ? rows.filter(({ ratio }) => ratio > noted) : rows.filter(isBeyondNoise);
  for (const row of shown) console.log(lineOf(row));
  console.log(
    `\n${shown.length} of ${rows.length} cases ${isGate ? 'lost more than 15 %' : 'differ beyond noise'}.`,
  );
  return !isGate || !(await isSlowerEachTime(before, rows));
}

/** Whether a case is much slower in each of three runs. Fewer runs do not count, since the machine may be noisy. */
async function isSlowerEachTime(before, rows) {
  let slow = rows.filter(({ ratio }) => ratio > failing).map(({ name }) => name);
  for (let run = 2; run <= runs && slow.length > 0; run += 1) {
    const again = await measureAll(
      before,
      slow.filter((name) => name in cases),
      slow.filter((name) => name in processes),
    );
    slow = again.filter(({ ratio }) => ratio > failing).map(({ name }) => name);
  }
  for (const name of slow)
    console.log(`${name} takes more than 50 % longer, in ${runs} of ${runs} runs.`);
  return slow.length > 0;
}

function measureAll(before, caseNames, processNames) {
  return withServer(async (origin) => {
    const rows = [];
    for (const name of caseNames) rows.push(rowOf(name, await measureCase(name, before, origin)));
    for (const name of processNames) rows.push(rowOf(name, await measureProcess(name, before)));
    return rows;
  });
}

/**
 * The series of both builds. There are two processes, and each build is loaded first in one of them, because the build
 * that is loaded second is up to 8 % slower.
 */
async function measureCase(name, before, origin) {
  const one = await measureInOrder(name, [before, root], origin);
  const other = await measureInOrder(name, [root, before], origin);
  return { before: [...one.first, ...other.second], now: [...one.second, ...other.first] };
}

function measureInOrder(name, [first, second], origin) {
  const flags = process.argv.filter((argument) => argument === '--quick');
  return measureInChild('case', [name, first, second, origin, ...flags]);
}

function measureProcess(name, before) {
  const code = processes[name];
  return runInterleaved({ before: code(before), now: code(root) }, effort.processes, processorTime);
}

/** Nanoseconds of processor time of a whole process, up to its event `exit`. */
function processorTime(code) {
  const report =
    ';process.on("exit", () => { const { user, system } = process.cpuUsage(); console.log(user + system) })';
  const { status, stdout } = spawnSync(process.execPath, ['-e', code + report], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`node -e '${code}' failed.`);
  return Number(stdout) * 1000;
}

function rowOf(name, { before, now }) {
  const ratios = now.map((value, round) => value / before[round]).sort((a, b) => a - b);
  // The 95 % confidence interval of the median, from the ranks of the binomial distribution.
  const rank = Math.max(0, Math.floor(ratios.length / 2 - 0.98 * Math.sqrt(ratios.length)));
  return {
    name,
    before: median(before),
    now: median(now),
    ratio: median(ratios),
    low: ratios[rank],
    high: ratios.at(-1 - rank),
  };
}

/** Whether the confidence interval does not contain 1 and the difference is large enough to matter. */
const isBeyondNoise = ({ ratio, low, high }) => (low > 1 || high < 1) && Math.abs(ratio - 1) > 0.02;

const lineOf = ({ name, before, now, ratio, low, high }) =>
  `${name.padEnd(34)} ${time.show(before).padStart(9)} → ${time.show(now).padStart(9)}   ${number(ratio)} (${number(low)} to ${number(high)})`;

function commitOf(ref) {
  const args = ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`];
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** The built package of the commit, in a folder of its own, with the dependencies that are installed here. */
function build(sha) {
  const folder = `${root}temp/against/${sha}`;
  if (existsSync(`${folder}/dist/index.js`)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['archive', sha], { cwd: root, maxBuffer: 2 ** 28 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(`${root}node_modules`, `${folder}/node_modules`);
  execFileSync('npm', ['run', '-s', 'build'], { cwd: folder, stdio: 'pipe' });
  return folder;
}
