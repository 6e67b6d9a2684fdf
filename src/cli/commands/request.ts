import type { Attempt, AuthRequest, Refusal } from '../../index';
import { parseBase } from '../base-url';
import { usageError } from '../cli-error';
import type { CommandContext } from '../context';
import type { CredentialFlags } from '../credential-options';
import { exitCodes } from '../exit-codes';
import { printResult, style } from '../output';
import { parseDuration, parseJsonOrText } from '../parse-values';
import { withProgress } from '../progress';
import { decodeUtf8, readFileOrInput } from '../read-input';
import { redactorOf } from '../redactor';
import { requestTarget } from '../request-target';
import { type Answer, sendRequest, type SentRequest } from '../send-request';

export type RequestOptions = CredentialFlags & {
  target: string;
  method?: string;
  header: string[];
  body?: string;
  scheme?: string;
  url?: string;
  timeout?: string;
};

/** Sends a request with its credential. Prints the request and the answer without secrets. */
export async function request(options: RequestOptions, io: CommandContext): Promise<void> {
  const base = parseBase(options.url);
  const headers = Object.fromEntries(options.header.map(parseHeader));
  const body =
    options.body === undefined
      ? undefined
      : await readFileOrInput(options.body, 'The file of --body', io);
  const { url, product, injector } = await requestTarget(options.target, options, io);
  const method = options.method?.toUpperCase() ?? (body === undefined ? 'GET' : 'POST');
  if (body !== undefined && /^(GET|HEAD)$/.test(method)) {
    throw usageError(`A ${method} request has no body. Leave out --body, or use another --method.`);
  }
  const unauthenticated: AuthRequest = {
    method,
    url,
    headers: { ...(body !== undefined && { 'content-type': guessContentType(body) }), ...headers },
    ...(body !== undefined && { data: body }),
  };
  const attempt = await injector.attempt(unauthenticated, { product });
  const sent = requestToSend(attempt);
  const timeout = parseTimeout(options.timeout ?? '30');
  const answer = await withProgress(
    `Waiting for ${new URL(sent.url).host} …`,
    sendRequest(sent, base, timeout),
    io,
  );
  io.exitCode = exitCodeFor(answer, attempt.refusal);
  printAnswer(sent, answer, attempt, io);
}

/** A timeout in seconds, from one second to one day. (A timer of Node takes at most 24.8 days.) */
function parseTimeout(text: string): number {
  const seconds = parseDuration(text, '--timeout');
  if (seconds >= 1 && seconds <= 86_400) return seconds;
  throw usageError('--timeout must be from 1s to 1d.');
}

function requestToSend({ request: { method, url, headers, params, data } }: Attempt): SentRequest {
  const target = new URL(url);
  const added = new URLSearchParams(params as Record<string, string> | undefined).toString();
  // Appends the parameters as text. Parsing and serialising the query that the URL already has could change that query.
  if (added !== '') target.search = target.search === '' ? added : `${target.search}&${added}`;
  return {
    method: String(method),
    url: target.href,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, String(value)]),
    ),
    body: data === undefined ? undefined : Buffer.from(data as string | Buffer),
  };
}

function parseHeader(text: string): [string, string] {
  const [, name, value] = /^([\w-]+):([^\r\n\0]*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name.toLowerCase(), value.trim()];
  throw usageError('--header must have the form "Name: value".');
}

function guessContentType(body: Buffer): string {
  return /^\s*[{[]/.test(body.toString('latin1'))
    ? 'application/json'
    : 'application/x-www-form-urlencoded';
}

function exitCodeFor({ status, body }: Answer, refusal: Refusal | undefined): number {
  if (status === 401 || status === 403 || isRefused(body, refusal)) return exitCodes.refused;
  return status >= 400 ? exitCodes.problem : exitCodes.success;
}

/**
 * Whether a JSON body says that the credential was refused. Some products answer with HTTP status 200 and report the
 * refusal in the body.
 */
function isRefused(body: string, refusal: Refusal | undefined): boolean {
  const json = parseJsonOrText(body);
  const codes = (refusal?.json ?? []).flatMap((path) =>
    path.split('.').reduce((values, name) => values.flatMap((v) => children(v, name)), [json]),
  );
  return codes.some(
    (code) =>
      (typeof code === 'string' || typeof code === 'number') &&
      refusal?.codes.includes(String(code)),
  );
}

function children(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return name === '*' ? Object.values(value) : [(value as Record<string, unknown>)[name]];
}

function printAnswer(
  sent: SentRequest,
  answer: Answer,
  { secrets, product, scheme }: Attempt,
  io: CommandContext,
): void {
  const redact = redactorOf(secrets);
  const redactAll = (headers: SentRequest['headers']) =>
    Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [redact(name), redact(value)]),
    );
  const safe = {
    ...sent,
    url: redact(sent.url),
    headers: redactAll(sent.headers),
    body: sent.body && redact(decodeUtf8(sent.body) ?? `(${sent.body.length} bytes, not UTF-8)`),
  };
  const response = {
    ...answer,
    statusText: redact(answer.statusText),
    headers: redactAll(answer.headers),
    body: redact(answer.body),
  };
  printResult(io, { product, scheme, request: safe, response }, () => {
    const { status, statusText } = response;
    const color = status >= 400 ? 'red' : 'green';
    const lines = Object.entries(safe.headers).map(([name, value]) => `> ${name}: ${value}`);
    return [
      style(io, 'bold', `> ${safe.method} ${safe.url}`),
      ...lines,
      ...(safe.body === undefined ? [] : ['>', `> ${safe.body.trimEnd()}`]),
      '',
      style(io, color, `< ${status} ${statusText}`.trimEnd()),
      response.body.trimEnd(),
    ].join('\n');
  });
}
