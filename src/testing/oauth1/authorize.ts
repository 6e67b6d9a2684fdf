import type { Answer } from '../response';
import { repeatedAmong } from '../duplicates';
import { consentPage, messagePage, verifierPage } from './pages';
import type { OAuth1Tokens, RequestToken } from './tokens';

/** A person at the page of a request token. */
export type Visit = {
  method: string;
  query: Readonly<Record<string, string>>;
  form: Readonly<Record<string, unknown>>;
  /** The names of all parameters of query and form, repeated names included. */
  names: readonly string[];
};

const decisions = new Map<unknown, 'approved' | 'declined'>([
  ['approve', 'approved'],
  ['decline', 'declined'],
]);

/** RFC 5849 section 2.2: shows the form, takes the decision, and sends the person back. */
export function authorize(
  { method, query, form, names }: Visit,
  tokens: OAuth1Tokens,
  now: number,
): Answer {
  if (repeatedAmong(names, ['oauth_token', 'confirmation', 'decision']) !== undefined) {
    return messagePage(400, 'Not decided', 'A parameter is repeated. Open the link again.');
  }
  const requested = tokens.requested(String(query['oauth_token']), now);
  if (requested?.decision !== 'pending') {
    return messagePage(
      400,
      'Nothing to authorise',
      'This link is unknown, has been used or has expired. Go back and start again.',
    );
  }
  if (method === 'GET') {
    return consentPage(requested.consumerKey, tokens.confirmation(requested), requested.callback);
  }
  const decision = decisions.get(form['decision']);
  if (decision === undefined || !tokens.decide(requested, form['confirmation'], decision)) {
    return messagePage(
      403,
      'Not decided',
      'This form is not the last one shown. Open the link again.',
    );
  }
  return decision === 'approved' ? approved(requested) : declined(requested);
}

function approved({ token, callback, consumerKey, verifier }: RequestToken): Answer {
  if (callback === 'oob') return verifierPage(consumerKey, verifier);
  return redirect(callback, { oauth_token: token, oauth_verifier: verifier });
}

/** `oauth_problem` is of the OAuth problem reporting extension; the RFC is silent on a refusal. */
function declined({ token, callback }: RequestToken): Answer {
  if (callback === 'oob') {
    return messagePage(200, 'Access declined', 'Nothing was authorised. You can close this page.');
  }
  return redirect(callback, { oauth_problem: 'permission_denied', oauth_token: token });
}

/** What the callback has of a query stays as it is, and stays in front. */
function redirect(callback: string, parameters: Readonly<Record<string, string>>): Answer {
  const url = new URL(callback);
  const added = new URLSearchParams(parameters).toString();
  url.search = [url.search.slice(1), added].filter(Boolean).join('&');
  return {
    status: 302,
    headers: { location: url.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  };
}
