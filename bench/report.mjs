import { machine, versions } from './machine.mjs';
import { section } from './table.mjs';

/** All parts as one Markdown page. */
export function report(parts, summary) {
  const date = new Date().toISOString().slice(0, 10);
  return `${[
    '# Benchmarks',
    '[← All guides](../README.md#guides)',
    'This page compares the speed of the package with the least that the work can cost and with similar packages.',
    `Written by \`npm run bench\` on ${date}: ${summary}.`,
    'The floor is the least that the work can cost on this machine. The peer is the best of the packages that you could use instead. All are measured alternately in the same run. Times are medians. "÷ floor" and "÷ peer" are the figure divided by the floor and by the peer (medians of the ratios of each round): for times, less is better; for rates, more.',
    '![Bars: the time of nexmo-auth and of its best peer as multiples of the floor. The tables below have all figures.](benchmarks.svg)',
    list([...machine(), ...versions()]),
    ...parts.map(section),
  ].join('\n\n')}\n`;
}

function list(entries) {
  return entries.map(([name, value]) => `- ${name}: ${value}`).join('\n');
}
