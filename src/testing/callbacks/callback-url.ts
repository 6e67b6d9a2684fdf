import { invalid, requireString } from '../options';
import { encodeForm, type Parameter } from './parameters';

/**
 * The URL of a callback, with `parameters` appended to its query. `url` is an absolute URL, or a path as in the
 * requests of web frameworks.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`
 */
export function callbackUrl(url: unknown, parameters: readonly Parameter[] = []): string {
  const text = requireString(url, 'url');
  const isPath = text.startsWith('/');
  const parsed = parseHttpUrl(isPath ? `http://localhost${text}` : text, 'url');
  const queries = [parsed.search.slice(1), encodeForm(parameters)];
  setQuery(parsed, queries.filter((query) => query !== '').join('&'));
  return isPath ? parsed.pathname + parsed.search : parsed.href;
}

export function queryOf(url: string): string {
  return url.replace(/^[^?]*\??/, '');
}

/**
 * Sets a query, which may itself begin with a question mark. Adds a question mark, because the setter `search` removes
 * the first question mark.
 */
export function setQuery(url: URL, query: string): void {
  url.search = query === '' ? '' : `?${query}`;
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function parseHttpUrl(text: string, name: string): URL {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = parsed !== undefined && ['http:', 'https:'].includes(parsed.protocol);
  if (!isHttp || text.includes('#') || parsed.username !== '' || parsed.password !== '') {
    throw invalid(`${name} must be an http or https URL without user, password or fragment.`);
  }
  return parsed;
}
