import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function packageVersion(): string {
  // The manifest is two folders above both `src/cli` and `dist/cli`.
  const manifest = readFileSync(join(__dirname, '../../package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
