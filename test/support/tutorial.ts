import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import manifest from '../../package.json';
import { readPage } from './documentation';
import { freePort } from './redis';
import { root } from './run';

/** A code block. The title of `js` and `json` is a file name; the title of `sh` and `text` is a terminal. */
export type TutorialStep = { language: string; title: string | undefined; code: string };

/** A tutorial, with ports that are free on this machine in place of those of the text. */
export async function readTutorial(page: string): Promise<TutorialStep[]> {
  const ports = new Map<string, string>();
  for (const port of ['3000', '4010']) ports.set(port, String(await freePort()));
  const text = readPage(page).replace(/\b(?:3000|4010)\b/g, (port) => String(ports.get(port)));
  return [...text.matchAll(/^```(\w+)(?: \[(.+)\])?\n([\s\S]*?)^```$/gm)].map(
    ([, language, title, code]) => ({ language: String(language), title, code: String(code) }),
  );
}

/** A reader who follows a tutorial in a fresh folder. */
export type TutorialReader = {
  /**
   * Does what a code block says.
   *
   * @throws Error if a command fails and no output block follows it, or if the output is different
   */
  follow(step: TutorialStep, next: TutorialStep | undefined): Promise<void>;
  close(): void;
};

export function newTutorialReader(): TutorialReader {
  const folder = mkdtempSync(join(tmpdir(), 'nexmo-auth-tutorial-'));
  const terminals = new Map<string, Terminal>();
  const env = environment(folder);
  let printed = '';

  const runToEnd = async (code: string, mayFail: boolean) => {
    const terminal = openTerminal(withLinks(code, folder), folder, env);
    const exit = await terminal.ended;
    printed = terminal.output();
    if (exit !== 0 && !mayFail) throw new Error(`Exit code ${String(exit)} of ${code}${printed}`);
  };
  const start = (title: string, code: string) => {
    terminals.get(title)?.close();
    terminals.set(title, openTerminal(code, folder, env));
  };
  return {
    async follow({ language, title, code }, next) {
      if (language === 'text') {
        const terminal = terminals.get(title ?? '');
        if (terminal) await untilPrinted(terminal, code);
        else compare(printed, code);
      } else if (language === 'sh') {
        if (title === undefined) await runToEnd(code, next?.language === 'text');
        else start(title, code);
      } else if (title !== undefined) writeFileSync(join(folder, title), code);
    },
    close() {
      for (const terminal of terminals.values()) terminal.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/**
 * The variables of the commands: no credential of this machine, and a `PATH` with an `npx` that starts an installed
 * program at once. The `npx` of npm takes about a second to start.
 */
function environment(folder: string): NodeJS.ProcessEnv {
  const programs = join(folder, 'node_modules/.bin');
  mkdirSync(programs, { recursive: true });
  const main = join(root, manifest.bin['nexmo-auth']);
  const script = (command: string) => `#!/bin/sh\nexec ${command} "$@"\n`;
  writeFileSync(join(programs, 'nexmo-auth'), script(`node '${main}'`), { mode: 0o755 });
  writeFileSync(join(programs, 'npx'), script('env'), { mode: 0o755 });
  return { PATH: `${programs}:${String(process.env['PATH'])}`, HOME: folder };
}

/** Links the packages that `npm install` names: this package, and others from its own dependencies. */
function withLinks(code: string, folder: string): string {
  return code.replace(/^npm install (.+)$/gm, (_line, names: string) => {
    for (const name of names.split(' ')) {
      const target = name === manifest.name ? root : join(root, 'node_modules', name);
      symlinkSync(target, join(folder, 'node_modules', name));
    }
    return '';
  });
}

type Terminal = {
  output(): string;
  /** How much of the output was compared. */
  read: number;
  ended: Promise<number | null>;
  /** Kills the processes of the terminal. */
  close(): void;
};

function openTerminal(code: string, cwd: string, env: NodeJS.ProcessEnv): Terminal {
  const child: ChildProcess = spawn('bash', ['-ec', code], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  return {
    output: () => output,
    read: 0,
    ended: once(child, 'close').then(([exit]) => exit as number | null),
    close: () => {
      if (child.exitCode === null) process.kill(-Number(child.pid), 'SIGKILL');
    },
  };
}

/** `…` stands for any text. White space is not compared. */
function patternOf(expected: string): string {
  const escaped = expected.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return escaped.replace(/\s+/g, '\\s+').replaceAll('…', '[\\s\\S]*?');
}

function compare(printed: string, expected: string): void {
  if (!new RegExp(`^${patternOf(expected)}$`).test(printed.trim())) {
    throw new Error(`Expected:\n${expected}\nPrinted:\n${printed}`);
  }
}

/** Waits until the terminal prints the text, after the texts of the earlier blocks. */
async function untilPrinted(terminal: Terminal, expected: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const output = terminal.output().slice(terminal.read);
    const found = new RegExp(patternOf(expected)).exec(output);
    if (found !== null) {
      terminal.read += found.index + found[0].length;
      return;
    }
    if (Date.now() > deadline) throw new Error(`Expected:\n${expected}\nPrinted:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
