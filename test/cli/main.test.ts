import manifest from '../../package.json';
import type * as Run from '../../src/cli/run';
import { runProcess } from '../../src/cli/run';

const { argv } = process;
let written: string[];
beforeEach(() => {
  written = [];
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
  }
});
afterEach(() => {
  jest.restoreAllMocks();
  process.argv = argv;
  process.exitCode = 0;
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error');
});

async function runMain(args: string[]): Promise<void> {
  process.argv = [process.execPath, 'nexmo-auth', ...args];
  await jest.isolateModulesAsync(async () => {
    await import('../../src/cli/main.ts');
  });
}

test.each(['--version', '-V'])('%s prints the version of the package', async (option) => {
  await runMain([option]);
  expect(written).toEqual([`${manifest.version}\n`]);
});

test('main.ts runs the command that the arguments of the process name', async () => {
  await runMain(['completion', 'fish', '--json']);
  while (written.length === 0) await new Promise(setImmediate);
  expect(written.join('')).toContain('complete -c nexmo-auth');
});

test('the process gets the exit code of the command', async () => {
  process.argv = [process.execPath, 'nexmo-auth', 'nope'];
  await runProcess();
  expect(process.exitCode).toBe(2);
  expect(written.join('')).toMatch(/^ERR_USAGE: unknown command 'nope'/);
});

test('a warning is one line, without the name of a class and without control characters', async () => {
  process.argv = [process.execPath, 'nexmo-auth', '--version'];
  await runProcess();
  process.emit('warning', new Error('look\u001B[2J out'));
  expect(written.at(-1)).toBe('Warning: look\\u001b[2J out\n');
});

test('if the reader of a pipe closes it, the exit code is 0; any other error of the stream is thrown', async () => {
  process.argv = [process.execPath, 'nexmo-auth', '--version'];
  await runProcess();
  const exit = jest.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
  process.stdout.emit('error', Object.assign(new Error('closed'), { code: 'EPIPE' }));
  expect(exit).toHaveBeenCalledWith(0);
  expect(() => process.stdout.emit('error', new Error('disk full'))).toThrow('disk full');
});

test('a fault gives the exit code 1, and shows neither the message nor the fields of the error', async () => {
  process.argv = [process.execPath, 'nexmo-auth', '--version'];
  await runProcess();
  const [report] = process.listeners('uncaughtException').slice(-1) as [(error: unknown) => void];
  process.removeListener('uncaughtException', report);
  const exit = jest.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
  for (const error of [
    Object.assign(new TypeError('hunter2\nhunter2'), { path: 'hunter2' }),
    'hunter2',
  ]) {
    written = [];
    report(error);
    expect(exit).toHaveBeenLastCalledWith(1);
    expect(written.join('')).toMatch(
      /^This is a fault of nexmo-auth \(\w*Error\)\..*\n( +at .*\n)+$/,
    );
    expect(written.join('')).not.toContain('hunter2');
  }
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  'every call of interruption() returns the same AbortSignal, which %s aborts',
  (name) => {
    jest.resetModules();
    const { interruption } = jest.requireActual<typeof Run>('../../src/cli/run');
    const signal = interruption();
    expect(interruption()).toBe(signal);
    expect(signal.aborted).toBe(false);
    process.emit(name, name);
    expect(signal).toMatchObject({ aborted: true, reason: name });
    process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM');
  },
);
