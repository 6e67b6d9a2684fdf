import { usageError } from './cli-error';

const loopback = /^(127\.0\.0\.1|localhost|\[::1\])$/;

/**
 * Returns the text that stands before the host of the API in the URL of a request: the value of `--url` with one slash
 * at its end, or `https://` without `--url`. Accepts plain HTTP only for this machine, because anyone on a network
 * could read the credential.
 *
 * @throws CliError `ERR_USAGE`
 */
export function parseBase(text: string | undefined): string {
  if (text === undefined) return 'https://';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname));
  if (url !== undefined && isSafe && isPlain(url)) {
    return url.href.replace(/(?<!\/)\/*$/, '/');
  }
  throw usageError(
    '--url must be an https URL, or an http URL of this machine such as http://127.0.0.1:4010.',
  );
}

/** Whether a URL has nothing besides protocol, host and path. */
function isPlain({ username, password, search, hash }: URL): boolean {
  return [username, password, search, hash].every((part) => part === '');
}
