// Measures one case in two builds, in turns: node case.mjs NAME BEFORE NOW ORIGIN
import { createRequire } from 'node:module';
import { cases } from '../cases.mjs';
import { effort } from '../effort.mjs';
import { measureTurns } from '../turns.mjs';

const [name, before, now, origin] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const task = (root) => cases[name]({ nexmoAuth: require(root), origin });

const measured = await measureTurns({ before: task(before), now: task(now) }, effort);
process.send({ before: measured.before.effort, now: measured.now.effort }, () => process.exit());
