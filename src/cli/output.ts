import { randomUUID } from 'node:crypto';
import { styleText } from 'node:util';
import type { CommandContext, Output } from './context';
import { escapeControls, jsonText } from './json-text';

/** The formats of Node's `styleText`. */
export type Format = Parameters<typeof styleText>[0];

/** Whether a stream gets colour. As in Node, `FORCE_COLOR` has precedence over `NO_COLOR`. */
export function hasColor(io: CommandContext, stream: Output = io.stdout): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = io.env;
  if (!io.allowsColor) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if ((NO_COLOR ?? '') !== '' || TERM === 'dumb') return false;
  return stream.isTTY === true;
}

/**
 * Stands for the escape character in the colours of `style` until they are printed. Nobody else knows it, so text from a
 * server has no colours.
 */
const mark = randomUUID();

const color = new RegExp(`${mark}\\[\\d+m`, 'g');

/** Styles text for `print`, `printNote` and `table`, if the stream gets colour. */
export function style(
  io: CommandContext,
  format: Format,
  text: string,
  stream: Output = io.stdout,
): string {
  if (!hasColor(io, stream)) return text;
  const colors = styleText(format, '\n', { validateStream: false }).replaceAll('\u001B', mark);
  return colors.replace('\n', () => text);
}

/**
 * Prints lines on standard output. On a terminal, escapes all control characters except colours, line ends and tabs,
 * because the text may come from a server.
 */
export function print(io: CommandContext, text: string): void {
  const isTerminal = io.stdout.isTTY === true;
  io.stdout.write(`${withColors(isTerminal ? escapeAllButTabs(text) : text)}\n`);
}

function withColors(text: string): string {
  return text.replace(color, (code) => code.replace(mark, '\u001B'));
}

function escapeAllButTabs(text: string): string {
  return text
    .split(/(\r\n|\t)/)
    .map((part, index) => (index % 2 === 0 ? escapeControls(part) : part))
    .join('');
}

/** Prints the value as JSON with `--json`. Without `--json`, prints the text. */
export function printResult(io: CommandContext, value: unknown, text: () => string): void {
  print(io, io.json ? jsonText(value, 2) : text());
}

/** Prints a line for people on standard error. */
export function printNote(io: CommandContext, text: string): void {
  if (!io.quiet) io.stderr.write(`${withColors(escapeAllButTabs(text))}\n`);
}

/** Prints an error on one line of standard error, or as JSON. */
export function printError(io: CommandContext, code: string, message: string): void {
  const lines = message.split(/[\r\n]+/).map((part) => part.trim());
  const line = lines.filter(Boolean).join(' ');
  const text = io.json
    ? jsonText({ error: { code, message: line } })
    : `${style(io, 'red', code, io.stderr)}: ${escapeControls(line)}`;
  io.stderr.write(`${withColors(text)}\n`);
}

/** Aligns the cells of rows in columns. A cell may contain colour. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, visibleLength(cell));
    });
  }
  const pad = (cell: string, width: number) => cell + ' '.repeat(width - visibleLength(cell));
  return rows
    .map((row) =>
      row
        .map((c, i) => pad(c, Number(widths[i])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function visibleLength(text: string): number {
  return text.replace(color, '').length;
}
