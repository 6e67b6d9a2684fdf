import { reasons } from './reasons.mjs';

const columns = [
  ['subject', '---'],
  ['measured', '--:'],
  ['floor', '--:'],
  ['÷ floor', '--:'],
  ['best peer', '--:'],
  ['÷ peer', '--:'],
];

/** A part as Markdown. Its table is not aligned: Prettier would make it wider than 100 columns. */
export function section({ name, title, meaning, note, rows }) {
  const targets = rows.flatMap(({ what, target }) => (target ? [{ what, ...target }] : []));
  const missed = targets.filter(({ isReached }) => !isReached).map(({ text }) => text);
  const footnotes = [...new Set(missed)]
    .filter((text) => reasons[name]?.[text] !== undefined)
    .map((text) => `Not reached: ${text}. ${reasons[name][text]}`);
  const list = targets.map(targetLine).join('\n');
  return [`## ${title}`, meaning, note, table(rows), ...(list ? [list] : []), ...footnotes].join(
    '\n\n',
  );
}

/** One row for each subject, however many targets it has. */
function table(rows) {
  const lines = rows.map(({ what, measured, floor, toFloor, peer, toPeer }) =>
    line([what, measured, floor, toFloor, peer, toPeer]),
  );
  const head = [line(columns.map(([name]) => name)), line(columns.map(([, rule]) => rule))];
  return ['<!-- prettier-ignore -->', ...head, ...new Set(lines)].join('\n');
}

const line = (cells) => `| ${cells.join(' | ')} |`;

function targetLine({ what, text, figure, isReached }) {
  return `- Target of ${what}: ${text}. Measured: ${figure}, ${isReached ? 'reached' : '**not reached**'}.`;
}
