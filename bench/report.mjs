import { machine, versions } from './machine.mjs';
import { section } from './table.mjs';

/** All parts as one page. */
export function report(parts, summary) {
  const date = new Date().toISOString().slice(0, 10);
  return `${[
    '# Benchmarks',
    `Written by \`npm run bench\` on ${date}: ${summary}.`,
    'Each figure stands beside the physical floor, what the work costs at the very least on this machine, and beside the best of the packages that one would use instead, measured in turns with it in the same run. Times are medians; ratios are the medians of those of each round. "to floor" and "to peer" are what was measured divided by it: for times less is better, for what is done in a second more.',
    list([...machine(), ...versions()]),
    ...parts.map(section),
  ].join('\n\n')}\n`;
}

function list(entries) {
  return entries.map(([name, value]) => `- ${name}: ${value}`).join('\n');
}
