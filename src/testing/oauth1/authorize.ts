import { findDuplicate } from '../duplicates';
import type { HttpResponse } from '../response';
import { consentPage, messagePage, verifierPage } from './pages';
import type { OAuth1Tokens, RequestToken } from './tokens';

/** A browser's request for the page on which a person approves or declines a request token. */
export type PageRequest = {
  method: string;
  query: Readonly<Record<string, string>>;
  form: Readonly<Record<string, unknown>>;
  /** The names of all parameters of query and form, with duplicates. */
  names: readonly string[];
};

const decisions = new Map<unknown, 'approved' | 'declined'>([
  ['approve', 'approved'],
  ['decline', 'declined'],
]);

/** Shows the form, records the decision, and redirects to the callback (RFC 5849 section 2.2). */
export function authorize(
  { method, query, form, names }: PageRequest,
  tokens: OAuth1Tokens,
  now: number,
): HttpResponse {
  if (findDuplicate(names, ['oauth_token', 'confirmation', 'decision']) !== undefined) {
    return messagePage(400, 'Not decided', 'A parameter is repeated. Open the link again.');
  }
  const requestToken = tokens.findRequestToken(String(query['oauth_token']), now);
  if (requestToken?.decision !== 'pending') {
    return messagePage(
      400,
      'Nothing to authorise',
      'This link is unknown, has been used or has expired. Go back and start again.',
    );
  }
  if (method === 'GET') {
    const confirmation = tokens.renewConfirmation(requestToken);
    return consentPage(requestToken.consumerKey, confirmation, requestToken.callback);
  }
  const decision = decisions.get(form['decision']);
  if (decision === undefined || !tokens.decide(requestToken, form['confirmation'], decision)) {
    return messagePage(
      403,
      'Not decided',
      'This form is not the last one shown. Open the link again.',
    );
  }
  return decision === 'approved' ? approvedResponse(requestToken) : declinedResponse(requestToken);
}

function approvedResponse({ token, callback, consumerKey, verifier }: RequestToken): HttpResponse {
  if (callback === 'oob') return verifierPage(consumerKey, verifier);
  return redirect(callback, { oauth_token: token, oauth_verifier: verifier });
}

/**
 * The response if the person declines, as defined in the OAuth problem reporting extension. RFC 5849 defines no such
 * response.
 */
function declinedResponse({ token, callback }: RequestToken): HttpResponse {
  if (callback === 'oob') {
    return messagePage(200, 'Access declined', 'Nothing was authorised. You can close this page.');
  }
  return redirect(callback, { oauth_problem: 'permission_denied', oauth_token: token });
}

/** Appends `parameters` to the query of the callback. Does not change the existing query. */
function redirect(callback: string, parameters: Readonly<Record<string, string>>): HttpResponse {
  const url = new URL(callback);
  const query = new URLSearchParams(parameters).toString();
  url.search = url.search === '' ? query : `${url.search}&${query}`;
  return {
    status: 302,
    headers: { location: url.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  };
}
