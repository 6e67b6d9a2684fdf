import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { applicationId, privateKey } from '../account.mjs';
import { runInterleaved } from '../interleave.mjs';
import { processTime } from '../processes.mjs';
import { atMost, row } from '../row.mjs';
import { ratio } from '../series.mjs';
import { root } from '../subject.mjs';
import { time } from '../units.mjs';

export const title = 'The command';
export const meaning = 'How long you wait for the command in a shell.';
export const note =
  'A whole process of `nexmo-auth`, from its start to its end. The floor is `node -e 0`. `jwt create` signs a token.';

const main = join(root, manifest.bin['nexmo-auth']);

export async function run({ processes }) {
  const folder = mkdtempSync(join(tmpdir(), 'nexmo-auth-bench-'));
  const keyFile = join(folder, 'private.key');
  writeFileSync(keyFile, privateKey, { mode: 0o600 });
  const key = ['--app-id', applicationId, '--private-key', keyFile];
  try {
    const { floor, version, create } = await runInterleaved(
      {
        floor: ['-e', '0'],
        version: [main, '--version'],
        create: [main, 'jwt', 'create', ...key],
      },
      processes,
      processTime,
    );
    return [
      commandRow('--version', version, floor, 1.5),
      commandRow('jwt create', create, floor, 2),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const commandRow = (name, measured, floor, limit) =>
  row({
    what: `\`nexmo-auth ${name}\``,
    unit: time,
    measured,
    floor,
    target: atMost(limit, ratio(measured, floor), ' × the floor'),
  });
