import { CliError, usageError } from '../cli-error';
import type { CommandContext } from '../context';
import { type Meaning, meaningsOfCode, meaningsOfResponse, similarCode } from '../explain/meanings';
import type { StatusProduct } from '../explain/statuses';
import { printResult, style } from '../output';
import { readStandardInput } from '../read-input';

export type ExplainOptions = { code: string; product?: StatusProduct };

/** Says what a code or a response means, and what to do. */
export async function explain(
  { code, product }: ExplainOptions,
  io: CommandContext,
): Promise<void> {
  const meanings =
    code === '-'
      ? meaningsOfResponse((await readStandardInput('the response to explain', io)).toString())
      : meaningsOfCode(code, product);
  if (meanings.length === 0) throw code === '-' ? noRefusal() : unknownCode(code, product);
  printResult(io, meanings, () => meanings.map((meaning) => describe(meaning, io)).join('\n\n'));
}

const sourceTexts: Record<Meaning['source'], string> = {
  'nexmo-auth': 'a code of nexmo-auth',
  platform: 'an answer of the platform',
  sms: 'a status of SMS',
  verify: 'a status of Verify',
};

function describe({ source, code, cause, remedy }: Meaning, io: CommandContext): string {
  const title =
    code === undefined
      ? sourceTexts[source]
      : `${style(io, 'bold', code)} (${sourceTexts[source]})`;
  return `${title}\n  Cause:  ${plain(cause)}\n  Remedy: ${plain(remedy)}`;
}

/** Removes the backticks around code. Only docs/errors.md needs them. */
const plain = (text: string) => text.replaceAll('`', '');

function noRefusal(): CliError {
  return new CliError(
    'ERR_NOT_EXPLAINED',
    'Standard input is not an answer that refuses the credentials or the account of a request. Pass the body, or the answer as curl -i prints it.',
  );
}

function unknownCode(code: string, product: StatusProduct | undefined): CliError {
  const similar = similarCode(code.trim().toUpperCase());
  if (similar !== undefined) return usageError(`There is no such code. Did you mean ${similar}?`);
  return usageError(
    product === undefined
      ? 'There is no such code. Pass a code such as ERR_JWT_EXPIRED, a status of SMS or Verify, an HTTP status, or a type such as jwt-expired. Pass - to explain an answer from standard input.'
      : `${product === 'sms' ? 'SMS' : 'Verify'} has no such status.`,
  );
}
