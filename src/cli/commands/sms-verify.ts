import { verifyParams } from '../../index';
import type { CommandContext } from '../context';
import type { CredentialFlags } from '../credential-options';
import { requireSignatureSecret } from '../find-credentials';
import { printResult, style } from '../output';
import { clockOf, parseDuration, parseOptional } from '../parse-values';
import { type ParameterSources, readParameters } from '../read-parameters';

export type SmsVerifyOptions = CredentialFlags &
  ParameterSources & { tolerance?: string; at?: string };

/** Verifies the signature of an SMS callback. */
export async function smsVerify(options: SmsVerifyOptions, io: CommandContext): Promise<void> {
  const { tolerance, at } = options;
  const params = await readParameters(options, io);
  const { secret, method } = await requireSignatureSecret(options, io);
  verifyParams(params, {
    secret,
    method,
    tolerance: parseOptional(tolerance, '--tolerance', parseDuration),
    now: clockOf(at, io),
  });
  printResult(io, { valid: true, method }, () =>
    style(io, 'green', `The signature is valid (${method}).`),
  );
}
