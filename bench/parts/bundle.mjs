import { mkdirSync, statSync } from 'node:fs';
import { build } from 'esbuild';
import { applicationId, apiKey, apiSecret, privateKey } from '../account.mjs';
import { runInterleaved } from '../interleave.mjs';
import { processTime } from '../processes.mjs';
import { atMost, row } from '../row.mjs';
import { root } from '../subject.mjs';
import { count, time } from '../units.mjs';

export const title = 'In one file';
export const meaning =
  'What a serverless function ships and waits for, if its bundler puts the program and this package into one file.';
export const note =
  'The programs of the section above, bundled by `esbuild` with `--minify`. Without axios, which only `OAuth1Flow` loads. The floor of the time is the same program with `node_modules`.';

const account = JSON.stringify({ apiKey, apiSecret, applicationId, privateKey });

const programs = {
  'bearer header': `new JwtGenerator(new Credentials(${account})).generate()`,
  'request with key and secret': `new AuthInjector(new Credentials(${account})).inject({ url: 'https://rest.nexmo.com/sms/json' })`,
};

export async function run({ processes }) {
  const rows = [];
  mkdirSync(`${root}temp/bundle`, { recursive: true });
  for (const [what, code] of Object.entries(programs)) {
    const program = `const { AuthInjector, Credentials, JwtGenerator } = require(${JSON.stringify(root)});\n${code}`;
    const file = `${root}temp/bundle/${what.replaceAll(' ', '-')}.js`;
    await build({
      stdin: { contents: program, resolveDir: root },
      ...{ bundle: true, minify: true, platform: 'node', external: ['axios'], outfile: file },
    });
    const kilobytes = statSync(file).size / 1000;
    const { floor, ours } = await runInterleaved(
      { floor: ['-e', program], ours: [file] },
      processes,
      processTime,
    );
    rows.push(
      row({
        ...{ what: `${what}, kB`, unit: count, measured: [kilobytes] },
        target: atMost(100, kilobytes, ' kB'),
      }),
      row({ what: `${what}, whole process`, unit: time, measured: ours, floor }),
    );
  }
  return rows;
}
