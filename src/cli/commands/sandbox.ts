import { once } from 'node:events';
import { startSandbox } from '../../testing/index';
import { usageError } from '../cli-error';
import type { CommandContext } from '../context';
import { jsonText } from '../json-text';
import { print, style } from '../output';
import { redactorOf } from '../redactor';
import { accountCredentials, accountOf, type AccountOptions } from '../sandbox/account';
import { callbackKeys, deliverCallback, signCallback } from '../sandbox/callbacks';
import { readKeys } from '../sandbox/keys';
import { reportOf, requestLine, secretsOf, timeOf } from '../sandbox/request-line';

export type SandboxOptions = AccountOptions & { port?: string; webhook?: string };

/** Runs the sandbox (a local imitation of the platform) until the user stops it, for example with Ctrl-C. */
export async function sandbox(options: SandboxOptions, io: CommandContext): Promise<void> {
  const { port: portText = '4010', webhook, ...accountOptions } = options;
  const port = portOf(portText);
  const credentials = await accountCredentials(accountOptions, io);
  const redact = redactorOf(secretsOf(credentials));
  const quit = new AbortController();
  const ended = AbortSignal.any([io.interruption(), quit.signal]);
  let count = 0;
  const server = await startSandbox({
    ...accountOf(credentials),
    port,
    // Keeps only the latest request in memory, because the sandbox may run for days. `onRequest` prints each request.
    maxRequests: 1,
    onRequest: (request) => {
      count += 1;
      const report = reportOf(request, redact);
      printEvent(io, { event: 'request', ...report }, () => requestLine(report, io));
    },
  });

  const url = new URL(server.url('sms')).origin;
  const { apiKey, applicationId } = credentials;
  const { products } = server;
  printEvent(io, { event: 'listening', url, apiKey, applicationId, products }, () =>
    [
      `The local Nexmo listens on ${style(io, 'bold', url)}. The real host comes first in the path: ${server.url('sms')}json`,
      ...(io.stdin.isTTY === true ? [keyHelp(webhook)] : []),
    ].join('\n'),
  );

  const send = async (key: keyof typeof callbackKeys) => {
    const kind = callbackKeys[key];
    if (webhook === undefined)
      throw usageError(`To send a callback, start the sandbox with --webhook URL.`);
    const callback = signCallback(kind, webhook, credentials, {}, io.now);
    const options = { attempts: 1, signal: ended };
    const { delivered, attempts } = await deliverCallback(server, callback, webhook, options);
    const status = attempts[0]?.status;
    printEvent(io, { event: 'delivery', kind, delivered, status }, () =>
      deliveryLine(kind, delivered, status, io),
    );
  };
  const onKey = (key: string) => {
    if (Object.hasOwn(callbackKeys, key))
      send(key as keyof typeof callbackKeys).catch(printFailure);
    else if (key === 'q' || key === '\x03' || key === '\x04') quit.abort();
    else if (key === 'h' || key === '?') print(io, keyHelp(webhook));
  };
  const printFailure = (error: unknown) => {
    const { message } = error as Error;
    print(io, style(io, 'red', message));
  };
  readKeys(io, onKey, ended);

  await untilEnded(ended);
  await server.close();
  printEvent(
    io,
    { event: 'stopped', requests: count },
    () => `Stopped after ${count} ${count === 1 ? 'request' : 'requests'}.`,
  );
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw usageError('--port must be a number from 0 to 65535. 0 takes a free port.');
}

async function untilEnded(ended: AbortSignal): Promise<void> {
  if (!ended.aborted) await once(ended, 'abort');
}

/** Prints an event: one line of JSON with `--json`, otherwise text. */
function printEvent(io: CommandContext, event: object, text: () => string): void {
  const time = new Date(io.now()).toISOString();
  print(io, io.json ? jsonText({ time, ...event }) : text());
}

function keyHelp(webhook: string | undefined): string {
  const keys = Object.entries(callbackKeys).map(([key, kind]) => `${key} ${kind}`);
  const sends = webhook === undefined ? [] : [`Keys that send a callback: ${keys.join(', ')}.`];
  return [...sends, 'Press h for help, q or Ctrl-C to stop.'].join(' ');
}

function deliveryLine(
  kind: string,
  delivered: boolean,
  status: number | undefined,
  io: CommandContext,
): string {
  const answer = status === undefined ? 'no answer' : String(status);
  const verdict = style(io, delivered ? 'green' : 'red', `${answer} ${kind}`);
  return `${style(io, 'dim', timeOf(io))}  ${verdict} sent to your webhook`;
}
