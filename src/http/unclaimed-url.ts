import { warnOnce } from '../warnings';

/** A host in one of the platform's domains. A fully qualified name may end with a dot. */
const platformHost = /\.(nexmo|vonage)\.com\.?(:\d+)?$/;

/**
 * A path segment that is safe to show: a version, or a lower-case word without digits. Such a word is not a secret,
 * since a secret must contain a digit (see the API reference for secrets). Hexadecimal keys and UUIDs almost always
 * contain a digit too.
 */
const safeSegment = /^(v\d{1,2}(\.\d{1,2})?|[a-z-]{1,32})$/;

/** The base URL of OAuth 1.0a, whose requests `OAuth1Flow` signs itself. */
const oauthBase = 'https://dashboard.nexmo.com/oauth/';

/** The longest endpoint to show, in characters. */
const endpointLimit = 200;

/**
 * Warns of a platform URL that matches no product, once per endpoint and process. The request is sent without a
 * credential, so the platform will probably refuse it.
 */
export function warnUnclaimed(url: string): void {
  const endpoint = endpointOf(url);
  if (endpoint === undefined) return;
  warnOnce(
    'NEXMO_AUTH_UNKNOWN_PRODUCT',
    endpoint,
    `No product matches ${endpoint}, so the AuthInjector attaches no credential to requests to it. If they need one, add a product with this URL to the products option.`,
  );
}

/**
 * The host and the first two path segments, which identify a product. `*` replaces the account in `accounts/{key}` and
 * any segment that may be a key, a secret or an ID. Undefined for a URL that needs no warning.
 */
function endpointOf(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'https:' || !platformHost.test(parsed.host)) return undefined;
  if (parsed.href.startsWith(oauthBase)) return undefined;
  const [first, second = ''] = parsed.pathname.slice(1).split('/', 2).map(maskUnsafe);
  const segments = [first, first === 'accounts' && second !== '' ? '*' : second];
  return `https://${parsed.host}/${segments.join('/')}`.replace(/\/+$/, '').slice(0, endpointLimit);
}

function maskUnsafe(segment: string): string {
  return segment === '' || safeSegment.test(segment) ? segment : '*';
}
