import type { SandboxOAuth1 } from '../account';
import { equalsSecret } from '../constant-time';
import { quotedName } from '../credential-names';
import { parseOAuth1Header } from './header';
import { tolerance, type UsedNonces } from './nonces';
import { baseString, baseStringUri, formParameters, hmacSha1, percentEncode } from './signature';

/** The parts of a request that OAuth 1.0a signs, as received. */
export type SignedRequest = {
  method: string;
  /** The sandbox's own origin, which is part of the URL that the client signed. */
  origin: string;
  path: string;
  query: string;
  /** The body if it is a form, otherwise `''`. */
  form: string;
  /** All Authorization headers. */
  authorizations: readonly string[];
};

/**
 * A refusal. `code` and `fields` go into the response (OAuth problem reporting extension). `reason` is for the tester.
 */
export type OAuth1Problem = {
  code: string;
  reason: string;
  fields?: Readonly<Record<string, string>>;
};

export type CheckResult<Token> =
  | { problem: OAuth1Problem }
  | { problem?: undefined; parameters: ReadonlyMap<string, string>; token: Token };

/**
 * The consumer and the tokens with which a request may be signed. `findToken` is called with `''` for a request without
 * a token.
 */
export type KnownTokens<Token> = {
  consumer: SandboxOAuth1 | undefined;
  findToken: (token: string, consumerKey: string) => Token | undefined;
};

const alwaysRequired = [
  'oauth_consumer_key',
  'oauth_signature_method',
  'oauth_timestamp',
  'oauth_nonce',
  'oauth_signature',
];

/** Checks a signed request (RFC 5849 section 3.2). `now` is in seconds. A wrong signature does not use up the nonce. */
export function checkSignedRequest<Token extends { secret: string }>(
  request: SignedRequest,
  required: readonly string[],
  { consumer, findToken }: KnownTokens<Token>,
  nonces: UsedNonces,
  now: number,
): CheckResult<Token> {
  const [authorization = '', secondAuthorization] = request.authorizations;
  if (secondAuthorization !== undefined) {
    return refuse('parameter_rejected', 'there is more than one Authorization header');
  }
  const parameters = parseOAuth1Header(authorization);
  if (parameters === undefined) {
    return refuse('parameter_rejected', 'the Authorization header does not follow RFC 5849');
  }
  const otherParameters = [...formParameters(request.query), ...formParameters(request.form)];
  const duplicate = otherParameters.find(([name]) => parameters.has(name))?.[0];
  if (duplicate !== undefined)
    return refuse('parameter_rejected', `${quotedName(duplicate)} appears twice`);
  const outside = otherParameters.find(([name]) => name.startsWith('oauth_'))?.[0];
  if (outside !== undefined) {
    return refuse(
      'parameter_rejected',
      `${quotedName(outside)} is not in the Authorization header`,
    );
  }
  const value = (name: string) => parameters.get(name) ?? '';
  const missing = [...alwaysRequired, ...required].filter((name) => value(name) === '');
  if (missing.length > 0) {
    return refuse('parameter_absent', `there is no ${missing.join(', ')}`, {
      oauth_parameters_absent: missing.map(percentEncode).join('&'),
    });
  }
  if ((parameters.get('oauth_version') ?? '1.0') !== '1.0') {
    return refuse('version_rejected', 'oauth_version is not 1.0', {
      oauth_acceptable_versions: '1.0-1.0',
    });
  }
  if (value('oauth_signature_method') !== 'HMAC-SHA1') {
    return refuse('signature_method_rejected', 'oauth_signature_method is not HMAC-SHA1');
  }
  if (consumer === undefined || !equalsSecret(value('oauth_consumer_key'), consumer.consumerKey)) {
    return refuse('consumer_key_unknown', 'oauth_consumer_key does not match the consumer');
  }
  const token = findToken(value('oauth_token'), consumer.consumerKey);
  if (token === undefined) return refuse('token_rejected', 'oauth_token is not accepted here');
  const signed = [...parameters, ...otherParameters].filter(([name]) => name !== 'oauth_signature');
  const uri = baseStringUri(request.origin, request.path);
  const text = baseString(request.method, uri, signed);
  const signature = hmacSha1(text, consumer.consumerSecret, token.secret);
  if (!equalsSecret(value('oauth_signature'), signature)) {
    return refuse('signature_invalid', 'oauth_signature is not the signature of this request');
  }
  const timestamp = value('oauth_timestamp');
  if (!/^\d+$/.test(timestamp) || Math.abs(Number(timestamp) - now) > tolerance) {
    const [from, to] = [Math.ceil(now - tolerance), Math.floor(now + tolerance)];
    const reason = `oauth_timestamp is not a whole number within ${tolerance} seconds of the clock`;
    return refuse('timestamp_refused', reason, { oauth_acceptable_timestamps: `${from}-${to}` });
  }
  const parts = [consumer.consumerKey, value('oauth_token'), value('oauth_nonce')];
  if (!nonces.claim(Number(timestamp), parts, now)) {
    return refuse('nonce_used', 'oauth_nonce was used before');
  }
  return { parameters, token };
}

function refuse(code: string, reason: string, fields?: OAuth1Problem['fields']) {
  return { problem: { code, reason, ...(fields && { fields }) } };
}
