import { signParams } from '../../index';
import type { CommandContext } from '../context';
import type { CredentialFlags } from '../credential-options';
import { requireSignatureSecret } from '../find-credentials';
import { printResult } from '../output';
import { parseOptional, parseTime } from '../parse-values';
import { type ParameterSources, readParameters } from '../read-parameters';

export type SmsSignOptions = CredentialFlags & ParameterSources & { timestamp?: string };

/** Signs the parameters of an SMS. */
export async function smsSign(options: SmsSignOptions, io: CommandContext): Promise<void> {
  const { timestamp } = options;
  const params = await readParameters(options, io);
  const { secret, method, apiKey } = await requireSignatureSecret(options, io);
  const signed = signParams(
    { ...(apiKey !== undefined && { api_key: apiKey }), ...params },
    {
      secret,
      method,
      timestamp: parseOptional(timestamp, '--timestamp', parseTime),
      now: io.now,
    },
  );
  printResult(io, signed, () => new URLSearchParams(signed).toString());
}
