import type { AuthInjector } from '../injector/injector';

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

/** How many places are kept, and how many characters of each. */
const maximumPlaces = 100;
const maximumLength = 200;

const warned = new WeakMap<AuthInjector, Set<string>>();

/**
 * Warns of a URL on the platform that no product claims, once for each place and injector: the request
 * leaves without a credential, which the platform is likely to refuse.
 */
export function warnOfUnknownPlace(auth: AuthInjector, text: string): void {
  const place = placeOf(text);
  if (place === undefined) return;
  const places = warned.get(auth) ?? new Set();
  warned.set(auth, places);
  if (places.has(place) || places.size === maximumPlaces) return;
  places.add(place);
  const isLast = places.size === maximumPlaces;
  process.emitWarning(
    `No product is at ${place}, so requests to it leave without a credential of the AuthInjector. If they need one, add a product with this URL to its products option.${isLast ? ' This is the last warning of this kind.' : ''}`,
    { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_UNKNOWN_PLACE' },
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
