import { startSandbox } from '../../testing/index';
import { CliError, usageError } from '../cli-error';
import type { CommandContext } from '../context';
import { exitCodes } from '../exit-codes';
import { printResult } from '../output';
import { accountCredentials, type AccountOptions } from '../sandbox/account';
import {
  type CallbackContent,
  deliverCallback,
  requireKind,
  signCallback,
} from '../sandbox/callbacks';

export type SandboxSendOptions = AccountOptions &
  CallbackContent & { kind: string; webhook?: string; attempts?: string };

/** Sends one signed callback to a webhook, as the platform does. */
export async function sandboxSend(options: SandboxSendOptions, io: CommandContext): Promise<void> {
  const { kind: kindText, webhook, attempts: attemptsText = '1', ...rest } = options;
  const { from, to, text, as, status: receiptStatus, ...account } = rest;
  const kind = requireKind(kindText);
  const attempts = attemptsOf(attemptsText);
  if (webhook === undefined) throw usageError('Pass the URL of your webhook: --webhook URL.');
  const credentials = await accountCredentials(account, io);
  const content = withoutUndefined({ from, to, text, as, status: receiptStatus });
  const callback = signCallback(kind, webhook, credentials, content, io.now);
  const signal = io.interruption();
  const sandbox = await startSandbox();
  const delivery = await deliverCallback(sandbox, callback, webhook, { attempts, signal }).finally(
    () => sandbox.close(),
  );
  const status = delivery.attempts.at(-1)?.status;
  if (signal.aborted) throw new CliError('ERR_NETWORK', 'The delivery was interrupted.');
  if (status === undefined) {
    throw new CliError(
      'ERR_NETWORK',
      'Your webhook did not answer. Check the URL, and that your server runs.',
    );
  }
  const { delivered } = delivery;
  const tries = delivery.attempts.length;
  printResult(io, { kind, delivered, status, attempts: tries }, () =>
    delivered
      ? `Your webhook accepted the ${kind} (HTTP ${status}).`
      : `Your webhook answered HTTP ${status} to the ${kind}, after ${tries} of ${attempts} attempts.`,
  );
  if (!delivered) io.exitCode = exitCodes.problem;
}

function attemptsOf(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw usageError('--attempts must be a number from 1 to 999.');
}

function withoutUndefined(content: {
  [Name in keyof CallbackContent]?: CallbackContent[Name] | undefined;
}): CallbackContent {
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined));
}
