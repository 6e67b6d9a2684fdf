// Measures one case in two builds, in turns: node case.mjs NAME FIRST SECOND ORIGIN
import { createRequire } from 'node:module';
import { cases } from '../cases.mjs';
import { effort } from '../effort.mjs';
import { measureTurns } from '../turns.mjs';

const [name, ...builds] = process.argv.slice(2, 5);
const origin = process.argv[5];
const require = createRequire(import.meta.url);
const [first, second] = builds.map((root) => cases[name]({ nexmoAuth: require(root), origin }));

const measured = await measureTurns({ first, second }, effort);
process.send({ first: measured.first.effort, second: measured.second.effort }, () =>
  process.exit(),
);
