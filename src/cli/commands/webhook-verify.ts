import { WebhookVerifier } from '../../index';
import type { CommandContext } from '../context';
import type { CredentialFlags } from '../credential-options';
import { requireSignatureSecret } from '../find-credentials';
import { jsonText, printable } from '../json-text';
import { printResult, style, table } from '../output';
import { clockOf, parseDuration, parseOptional } from '../parse-values';
import { readFileOrInput } from '../read-input';
import { parseSavedRequest } from '../saved-request';

export type WebhookVerifyOptions = CredentialFlags & {
  request: string;
  maxAge?: string;
  at?: string;
};

/** Verifies a saved webhook: its signature, its age, and the hash of its body. */
export async function webhookVerify(
  options: WebhookVerifyOptions,
  io: CommandContext,
): Promise<void> {
  const { request, maxAge, at } = options;
  const saved = parseSavedRequest(await readFileOrInput(request, 'The saved request', io));
  const { secret } = await requireSignatureSecret(options, io);
  const verifier = new WebhookVerifier({
    secrets: secret,
    maxAge: parseOptional(maxAge, '--max-age', parseDuration),
    now: clockOf(at, io),
  });
  const claims = await verifier.verify(saved);
  const rows = Object.entries(claims).map(([name, value]) => [
    `  ${printable(name)}`,
    jsonText(value),
  ]);
  printResult(io, { valid: true, claims }, () =>
    [style(io, 'green', 'The webhook is valid.'), table(rows)].join('\n'),
  );
}
