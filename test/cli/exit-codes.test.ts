import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../../src/cli/cli-error';
import { exitCodeOf, exitCodes } from '../../src/cli/exit-codes';
import { errorGroups } from '../../src/error-meanings';
import { NexmoAuthError, type NexmoAuthErrorCode } from '../../src/errors';
import { root } from '../support/run';

test.each([
  ['ERR_KEY_NOT_RSA', 4],
  ['ERR_JWT_EXPIRED', 5],
  ['ERR_SIGNATURE_INVALID', 5],
  ['ERR_TIMESTAMP_OUT_OF_TOLERANCE', 5],
  ['ERR_WEBHOOK_TAMPERED', 5],
  ['ERR_MISSING_CREDENTIAL', 3],
  ['ERR_INVALID_CREDENTIAL', 3],
  ['ERR_CREDENTIALS_FILE_INVALID', 3],
  ['ERR_INVALID_APPLICATION_ID', 3],
  ['ERR_CONTROL_CHARACTER', 3],
  ['ERR_CLAIM_INVALID', 2],
  ['ERR_TTL_WITH_EXP', 2],
  ['ERR_UNKNOWN_PRODUCT', 2],
  ['ERR_OAUTH1_REFUSED', 1],
] as const)('%s gives the exit code %i', (code, expected) => {
  expect(exitCodeOf(new NexmoAuthError(code, 'text'))).toBe(expected);
});

test.each([
  ['ERR_USAGE', 2],
  ['ERR_NETWORK', 6],
  ['ERR_FILE_EXISTS', 1],
] as const)('%s, a code of the command line only, gives the exit code %i', (code, expected) => {
  expect(exitCodeOf(new CliError(code, 'text'))).toBe(expected);
});

test('an error of neither the package nor the command line gives the exit code 1', () => {
  expect(exitCodeOf(new TypeError('a bug'))).toBe(1);
});

test('every error code gives an exit code other than 0', () => {
  const codes = Object.values(errorGroups).flatMap(
    (group) => Object.keys(group) as NexmoAuthErrorCode[],
  );
  expect(codes.map((code) => exitCodeOf(new NexmoAuthError(code, 'text')))).not.toContain(0);
});

test('docs/command-line.md lists every exit code', () => {
  const page = readFileSync(join(root, 'docs/command-line.md'), 'utf8');
  for (const code of Object.values(exitCodes))
    expect(page).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'));
});
