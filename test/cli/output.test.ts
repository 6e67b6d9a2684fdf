import {
  hasColor,
  print,
  printError,
  printNote,
  printResult,
  style,
  table,
} from '../../src/cli/output';
import { contextFor, outputOf } from '../support/cli';

const terminal = contextFor({ isTerminal: true });

test.each([
  ['a terminal has colour', {}, true],
  ['a pipe has no colour', { isTerminal: false }, false],
  ['NO_COLOR switches colour off', { env: { NO_COLOR: '1' } }, false],
  ['an empty NO_COLOR does not switch colour off', { env: { NO_COLOR: '' } }, true],
  ['TERM=dumb switches colour off', { env: { TERM: 'dumb' } }, false],
  ['FORCE_COLOR switches colour on', { isTerminal: false, env: { FORCE_COLOR: '1' } }, true],
  ['FORCE_COLOR has precedence over NO_COLOR', { env: { FORCE_COLOR: '', NO_COLOR: '1' } }, true],
  ['FORCE_COLOR=0 switches colour off', { env: { FORCE_COLOR: '0' } }, false],
  ['FORCE_COLOR=false switches colour off', { env: { FORCE_COLOR: 'false' } }, false],
])('%s', (_name, options, expected) => {
  expect(hasColor(contextFor({ isTerminal: true, ...options }))).toBe(expected);
});

test('--no-color has precedence over FORCE_COLOR', () => {
  const io = { ...contextFor({ env: { FORCE_COLOR: '1' } }), allowsColor: false };
  expect(style(io, 'red', 'text')).toBe('text');
});

test('styled text is printed with the escape sequences of Node', () => {
  const io = contextFor({ isTerminal: true });
  print(io, style(io, 'red', '$& text'));
  expect(outputOf(io.stdout)).toBe('\u001B[31m$& text\u001B[39m\n');
});

test('a table has aligned columns, whatever their colour', () => {
  const red = style(terminal, 'red', 'b');
  expect(table([['a', 'long'], [red, 'x', 'y'], ['ccc']])).toBe(
    `a    long\n${red}    x     y\nccc`,
  );
});

test('a result is text, or JSON with --json', () => {
  const io = contextFor();
  printResult(io, { a: 1 }, () => 'a is 1');
  printResult({ ...io, json: true }, { a: 1 }, () => 'a is 1');
  print(io, 'end');
  expect(outputOf(io.stdout)).toBe('a is 1\n{\n  "a": 1\n}\nend\n');
});

test('--quiet prints no notes, and a note has no control characters', () => {
  const io = contextFor();
  printNote(io, 'shown\u001B[2J');
  printNote({ ...io, quiet: true }, 'not shown');
  expect(outputOf(io.stderr)).toBe('shown\\u001b[2J\n');
});

test('a character that a terminal could obey is escaped in results and errors', () => {
  const io = { ...contextFor(), json: true };
  printResult(io, { a: '\u009b31m\u202e' }, () => '');
  expect(outputOf(io.stdout)).toBe('{\n  "a": "\\u009b31m\\u202e"\n}\n');
  const plain = contextFor();
  printError(plain, 'ERR_USAGE', 'a\u001b[31m\u009b31m');
  expect(outputOf(plain.stderr)).toBe('ERR_USAGE: a\\u001b[31m\\u009b31m\n');
  printError(io, 'ERR_USAGE', 'a\u001b\u009b');
  expect(outputOf(io.stderr)).toBe('{"error":{"code":"ERR_USAGE","message":"a\\u001b\\u009b"}}\n');
});

test('a terminal gets colours, tabs and line ends, but no other control characters', () => {
  const text = `${style(terminal, 'red', 'a')}\r\n\tb\u001b]0;title\u0007\u009b31m\u202e\rc`;
  print(terminal, text);
  expect(outputOf(terminal.stdout)).toBe(
    '\u001b[31ma\u001b[39m\r\n\tb\\u001b]0;title\\u0007\\u009b31m\\u202e\\u000dc\n',
  );
  const io = contextFor();
  print(io, text);
  expect(outputOf(io.stdout)).toContain('\u001b]0;title');
});

test('a colour in the text of a server is escaped, also inside coloured text', () => {
  const coloured = contextFor({ isTerminal: true });
  print(coloured, `${style(coloured, 'red', 'a\u001b[8mb')}\u001b[31mc\u001b[0m`);
  expect(outputOf(coloured.stdout)).toBe(
    '\u001b[31ma\\u001b[8mb\u001b[39m\\u001b[31mc\\u001b[0m\n',
  );
  const io = contextFor();
  printNote(io, '\u001b[8mhidden');
  expect(outputOf(io.stderr)).toBe('\\u001b[8mhidden\n');
});

test('an error is one line', () => {
  const io = contextFor();
  printError(io, 'ERR_USAGE', 'first\r\n  second');
  expect(outputOf(io.stderr)).toBe('ERR_USAGE: first second\n');
});
