import { NexmoAuthError } from '../index';
import { CliError } from './cli-error';

/** The exit codes of `nexmo-auth`. docs/command-line.md lists them. */
export const exitCodes = {
  success: 0,
  problem: 1,
  usage: 2,
  credentials: 3,
  key: 4,
  refused: 5,
  network: 6,
  interrupted: 130,
  terminated: 143,
} as const;

/** The exit codes for error codes. The first row that matches an error code applies. */
const rows: readonly (readonly [codes: RegExp, exitCode: number])[] = [
  [/^ERR_USAGE$/, exitCodes.usage],
  [/^ERR_KEY_/, exitCodes.key],
  [/^ERR_(JWT|SIGNATURE|TIMESTAMP|WEBHOOK)_/, exitCodes.refused],
  [/^ERR_(CREDENTIALS|MISSING_CREDENTIAL|INVALID_CREDENTIAL|PROVIDER)/, exitCodes.credentials],
  [/^ERR_(CONTROL_CHARACTER|INVALID_APPLICATION_ID)$/, exitCodes.credentials],
  [/^ERR_(CLAIM|TTL|LIFETIME|EXP|INVALID|UNKNOWN|SCHEME|HOST|CREDENTIAL)_/, exitCodes.usage],
  [/^ERR_NETWORK$/, exitCodes.network],
];

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof CliError || error instanceof NexmoAuthError)) return exitCodes.problem;
  return rows.find(([codes]) => codes.test(error.code))?.[1] ?? exitCodes.problem;
}
