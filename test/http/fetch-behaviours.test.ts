import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { behaviours } from './fetch-behaviours';
import { compareWithPlain } from './fetch-behaviours/compare';
import { differences } from './fetch-behaviours/differences';

describe("with a credential from createAuthFetch, on Node's fetch:", () => {
  compareWithPlain("Node's fetch", { fetch, Request, Headers, FormData, Response });
});

test('at least 200 behaviours of fetch are compared, each with its own name', () => {
  const names = new Set(behaviours.map(({ name }) => name));
  expect(names.size).toBe(behaviours.length);
  expect(names.size).toBeGreaterThanOrEqual(200);
});

test('docs/http-clients.md lists exactly the differences that the behaviours have', () => {
  const page = readFileSync(join(__dirname, '../../docs/http-clients.md'), 'utf8');
  const [, section = ''] =
    /\n## createAuthFetch: what differs from fetch\n([\s\S]*?)(?=\n## |$)/.exec(page) ?? [];
  const documented = Array.from(section.matchAll(/^- \*\*(.+?)\.\*\*/gm), ([, name]) => name);
  const used = new Set(
    behaviours.flatMap(({ differs }) => (differs ? [differences[differs]] : [])),
  );
  expect(documented.sort()).toEqual([...used].sort());
});
