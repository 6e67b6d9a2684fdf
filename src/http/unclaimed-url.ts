import { warnOnce } from '../warnings';

/** Exactly the platform's domains; the dot at the end is that of a fully qualified name. */
const platformHost = /\.(nexmo|vonage)\.com\.?(:\d+)?$/;

/**
 * A segment that can be shown: a version, or a lower-case word. A key, a secret or an ID of the
 * platform has a digit: a secret must have one (API reference of the secrets), a key and a UUID are
 * hexadecimal.
 */
const word = /^(v\d{1,2}(\.\d{1,2})?|[a-z-]{1,32})$/;

/** The steps of OAuth 1.0a, whose requests `OAuth1Flow` signs itself. */
const oauthSteps = 'https://dashboard.nexmo.com/oauth/';

/** How many characters of a place are shown. */
const maximumLength = 200;

/**
 * Warns of a URL on the platform that no product claims, once for each place and process: the request
 * leaves without a credential, which the platform is likely to refuse.
 */
export function warnUnclaimed(text: string): void {
  const place = placeOf(text);
  if (place === undefined) return;
  warnOnce(
    'NEXMO_AUTH_UNKNOWN_PLACE',
    place,
    `No product is at ${place}, so requests to it leave without a credential of the AuthInjector. If they need one, add a product with this URL to its products option.`,
  );
}

/**
 * Host and the first two segments of the path, which tell products apart; `*` stands for a segment
 * that may be a key, a secret or an ID, and for the account in `accounts/{key}`.
 */
function placeOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' || !platformHost.test(url.host)) return undefined;
  if (url.href.startsWith(oauthSteps)) return undefined;
  const [first, second = ''] = url.pathname.slice(1).split('/', 2).map(shown);
  const segments = [first, first === 'accounts' && second !== '' ? '*' : second];
  return `https://${url.host}/${segments.join('/')}`.replace(/\/+$/, '').slice(0, maximumLength);
}

function shown(segment: string): string {
  return segment === '' || word.test(segment) ? segment : '*';
}
