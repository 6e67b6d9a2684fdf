import { formOf, type Parameter } from './parameters';
import { invalid, requireText } from './options';

/**
 * Where a callback goes: a path, as frameworks show it, or an absolute URL; with the parameters
 * after those of its own query.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`
 */
export function callbackUrl(url: unknown, parameters: readonly Parameter[] = []): string {
  const text = requireText(url, 'url');
  const isPath = text.startsWith('/');
  const parsed = parseUrl(isPath ? `http://localhost${text}` : text, 'url');
  const queries = [parsed.search.slice(1), formOf(parameters)];
  parsed.search = queries.filter((query) => query !== '').join('&');
  return isPath ? parsed.pathname + parsed.search : parsed.href;
}

export function queryOf(url: string): string {
  return url.replace(/^[^?]*\??/, '');
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function parseUrl(text: string, name: string): URL {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = parsed !== undefined && ['http:', 'https:'].includes(parsed.protocol);
  if (!isHttp || text.includes('#') || parsed.username !== '' || parsed.password !== '') {
    throw invalid(`${name} must be a URL with http or https, without user, password and #.`);
  }
  return parsed;
}
