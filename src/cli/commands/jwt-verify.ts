import { createPublicKey } from 'node:crypto';
import {
  NexmoAuthError,
  type NexmoAuthErrorCode,
  type PublicKeyInput,
  verifyJwt,
} from '../../index';
import { usageError } from '../cli-error';
import type { CommandContext } from '../context';
import type { CredentialFlags } from '../credential-options';
import { requireCredentials } from '../find-credentials';
import { printResult, style } from '../output';
import { clockOf, parseDuration } from '../parse-values';
import { readFileOrInput } from '../read-input';
import { readToken } from '../read-token';

export type JwtVerifyOptions = CredentialFlags & {
  token?: string;
  publicKey?: string;
  clockTolerance?: string;
  maxAge?: string;
  at?: string;
};

/** The checks in their order, with the codes of their failures. */
const checks: readonly (readonly [name: string, ...codes: NexmoAuthErrorCode[]])[] = [
  ['format', 'ERR_JWT_MALFORMED'],
  ['algorithm', 'ERR_JWT_ALGORITHM', 'ERR_JWT_CRITICAL_HEADER'],
  ['signature', 'ERR_JWT_SIGNATURE'],
  ['claims', 'ERR_JWT_CLAIM'],
  ['times', 'ERR_JWT_EXPIRED', 'ERR_JWT_NOT_YET_VALID', 'ERR_JWT_TOO_OLD'],
  ['application', 'ERR_JWT_WRONG_APPLICATION'],
];

/** Verifies a token with a public key, or with the public half of a private key. */
export async function jwtVerify(options: JwtVerifyOptions, io: CommandContext): Promise<void> {
  const { appId, clockTolerance, maxAge, at } = options;
  const key = await readKey(options, io);
  const token = await readToken(options.token, io);
  const verifyOptions = {
    ...(appId !== undefined && { applicationId: appId }),
    ...(clockTolerance !== undefined && {
      clockTolerance: parseDuration(clockTolerance, '--clock-tolerance'),
    }),
    ...(maxAge !== undefined && { maxAge: parseDuration(maxAge, '--max-age') }),
    now: clockOf(at, io),
  };
  try {
    const claims = verifyJwt(token, key, verifyOptions);
    printChecks(checks.length, appId !== undefined, { valid: true, claims }, io);
  } catch (error) {
    const failedIndex = checks.findIndex(([, ...codes]) =>
      codes.some((code) => error instanceof NexmoAuthError && error.code === code),
    );
    if (failedIndex >= 0) {
      const { code, message } = error as NexmoAuthError;
      const failure = { valid: false, failed: checks[failedIndex]?.[0], code, message };
      printChecks(failedIndex, appId !== undefined, failure, io);
    }
    throw error;
  }
}

function printChecks(
  failedIndex: number,
  checksApplication: boolean,
  result: object,
  io: CommandContext,
): void {
  const lines = checks.map(([name], index) => {
    if (index > failedIndex || (name === 'application' && !checksApplication)) {
      return style(io, 'dim', `-       ${name} (not checked)`);
    }
    return index === failedIndex
      ? style(io, 'red', `failed  ${name}`)
      : style(io, 'green', `ok      ${name}`);
  });
  printResult(io, result, () => lines.join('\n'));
}

async function readKey(options: JwtVerifyOptions, io: CommandContext): Promise<PublicKeyInput> {
  const { publicKey, privateKey } = options;
  if (publicKey !== undefined && privateKey !== undefined) {
    throw usageError('Use --public-key or --private-key, not both.');
  }
  if (publicKey !== undefined) return readFileOrInput(publicKey, 'The file of --public-key', io);
  const flags = { ...options };
  // Here, `--app-id` is the application ID that the token must have. It does not say which application the key belongs
  // to.
  delete flags.appId;
  const credentials = await requireCredentials(flags, io, ['privateKey']);
  return createPublicKey(credentials.reveal('privateKey'));
}
