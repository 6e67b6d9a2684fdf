import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const keyPath = (name: string) => join(__dirname, '../fixtures/keys', `${name}.pem`);
export const keyText = (name: string) => readFileSync(keyPath(name), 'utf8');

export const passphrase = 'correct-horse';

/** The full lines of a PEM body, as secrets to search for. */
export const keySecrets = (pem: string) =>
  pem.split('\n').filter((line) => line.length === 64 && !line.startsWith('-----'));
