import { reasons } from './reasons.mjs';

const columns = [
  ['what', 'left'],
  ['measured', 'right'],
  ['floor', 'right'],
  ['to floor', 'right'],
  ['best peer', 'right'],
  ['to peer', 'right'],
  ['target', 'left'],
  ['figure', 'right'],
  ['reached', 'left'],
];

/** A part as Markdown, in the form that Prettier gives it. */
export function section({ name, title, note, rows }) {
  const lines = rows.map((row) => cells(row));
  const missed = rows.flatMap(({ target }) => (target?.isReached === false ? target.text : []));
  const footnotes = [...new Set(missed)]
    .filter((text) => reasons[name]?.[text] !== undefined)
    .map((text) => `Not reached: ${text}. ${reasons[name][text]}`);
  return [`## ${title}`, note, table(lines), ...footnotes].join('\n\n');
}

function cells({ what, measured, floor, toFloor, peer, toPeer, target }) {
  const { text = '', figure = '', isReached } = target ?? {};
  const reached = isReached === undefined ? '' : isReached ? 'yes' : '**no**';
  return [what, measured, floor, toFloor, peer, toPeer, text, figure, reached];
}

function table(lines) {
  const head = columns.map(([name]) => name);
  const widths = columns.map((_, column) =>
    Math.max(3, ...[head, ...lines].map((line) => line[column].length)),
  );
  const padded = (line) =>
    line.map((cell, column) =>
      columns[column][1] === 'right' ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
    );
  const rule = columns.map(([, side], column) =>
    side === 'right' ? `${'-'.repeat(widths[column] - 1)}:` : '-'.repeat(widths[column]),
  );
  return [padded(head), rule, ...lines.map(padded)]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n');
}
