import { usageError } from './cli-error';
import { parseJsonObject } from './parse-values';

/** Parses a JSON object, a query string, or the query of a URL. */
export function parseParameters(content: string, what: string): Record<string, unknown> {
  const text = content.trim();
  if (text.startsWith('{')) return parseJsonObject(text, what);
  const isUrl = /^https?:\/\//.test(text);
  const query = isUrl ? text.replace(/#.*$/s, '').replace(/^[^?]*\??/, '') : text;
  requirePercentEncoded(query, what);
  const entries = [...new URLSearchParams(query)];
  const names = entries.map(([name]) => name);
  if (new Set(names).size < names.length) {
    throw usageError(`${what} has a parameter twice. Nexmo signs each parameter once.`);
  }
  return Object.fromEntries(entries);
}

/**
 * Refuses a query that is not percent-encoded UTF-8. Invalid bytes would be decoded to U+FFFD, so different queries
 * could have the same signature.
 */
function requirePercentEncoded(query: string, what: string): void {
  try {
    decodeURIComponent(query);
  } catch {
    throw usageError(`${what} must be percent-encoded UTF-8. Write a percent sign as %25.`);
  }
}
