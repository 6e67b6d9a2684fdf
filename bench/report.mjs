import { machine, versions } from './machine.mjs';
import { section } from './table.mjs';

/** All parts as one page. */
export function report(parts, summary) {
  const date = new Date().toISOString().slice(0, 10);
  return `${[
    '# Benchmarks',
    '[← All guides](../README.md#guides)',
    `Written by \`npm run bench\` on ${date}: ${summary}.`,
    'Each figure stands beside the floor, the least that the work can cost on this machine, and beside the best of the packages that you could use instead, measured alternately in the same run. Times are medians. Ratios are the medians of the ratios of each round. "to floor" and "to peer" are the figure divided by the floor and by the peer: for times, less is better; for rates, more.',
    list([...machine(), ...versions()]),
    ...parts.map(section),
  ].join('\n\n')}\n`;
}

function list(entries) {
  return entries.map(([name, value]) => `- ${name}: ${value}`).join('\n');
}
