import { usageError } from './cli-error';

const loopback = /^(127\.0\.0\.1|localhost|\[::1\])$/;

/**
 * What comes before the host in each URL: `https://`, or `--url` with a slash at its end.
 * Over plain HTTP, credentials go only to this machine.
 *
 * @throws CliError `ERR_USAGE`
 */
export function parseBase(text: string | undefined): string {
  if (text === undefined) return 'https://';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname));
  if (url !== undefined && isSafe && url.username === '' && url.search === '' && url.hash === '') {
    return url.href.replace(/(?<!\/)\/*$/, '/');
  }
  throw usageError(
    '--url must be an https URL, or an http URL of this machine such as http://127.0.0.1:4010.',
  );
}
