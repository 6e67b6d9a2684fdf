import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('../../../docs/benchmarks.md', import.meta.url));

/** Where docs/benchmarks.md has the figures of the front page. The first group of a pattern is the figure. */
const sources = [
  {
    label: 'a bearer header from a cached token',
    section: 'A bearer header from a cached token',
    ours: /^\| `'Bearer ' .+?` \| (.+?) \|/m,
    peer: '@vonage/auth',
    theirs: /@vonage\/auth: (.+?) \|/,
  },
  {
    label: 'a new token, signed',
    section: 'Signing a token',
    ours: /^\| `generate` \| (.+?) \|/m,
    peer: '@vonage/jwt',
    theirs: /^\| @vonage\/jwt \| (.+?) \|/m,
  },
  {
    label: 'a key and secret on a request',
    section: 'A request through the injector',
    ours: /^\| `query` \| (.+?) \|/m,
    peer: '@vonage/auth',
    theirs: /@vonage\/auth: (.+?) \|/,
  },
  {
    label: 'added to the start of a process',
    section: 'Loading the package',
    ours: /^\| `nexmo-auth`, adds (.+?) \|/m,
    peer: '@vonage/auth',
    theirs: /^\| `@vonage\/auth`, adds (.+?) \|/m,
  },
];

export type Figure = { label: string; ours: string; peer: string; theirs: string };

export declare const data: Figure[];

export default {
  watch: [path],
  load(): Figure[] {
    const sections = readFileSync(path, 'utf8').split(/^## /m);
    return sources.map(({ label, section, ours, peer, theirs }) => {
      const text = sections.find((candidate) => candidate.startsWith(`${section}\n`)) ?? '';
      const find = (pattern: RegExp) => {
        const figure = pattern.exec(text)?.[1];
        if (figure === undefined) {
          throw new Error(`docs/benchmarks.md, ${section}: nothing matches ${String(pattern)}`);
        }
        return figure;
      };
      return { label, ours: find(ours), peer, theirs: find(theirs) };
    });
  },
};
