import type { SandboxOAuth1 } from '../account';
import { isEqual } from '../constant-time';
import { parseHeader } from './header';
import { tolerance, type UsedNonces } from './nonces';
import { baseString, baseStringUri, formParameters, hmacSha1, percentEncode } from './signature';

/** The parts of a request that OAuth 1.0a signs, as they arrived. */
export type SignedRequest = {
  method: string;
  /** Where the client sent it, which is the sandbox and not the host that it stands for. */
  origin: string;
  path: string;
  query: string;
  /** The body if it is a form. */
  form: string;
  /** Every Authorization header. */
  authorizations: readonly string[];
};

/** The OAuth problem reporting extension: what is answered, and the same in more words. */
export type OAuth1Problem = {
  problem: string;
  reason: string;
  more?: Readonly<Record<string, string>>;
};

export type Checked<Token> =
  | { problem: OAuth1Problem }
  | { problem?: undefined; parameters: ReadonlyMap<string, string>; token: Token };

/** Who may sign. A request without a token asks for the one named `''`. */
export type Signers<Token> = {
  consumer: SandboxOAuth1 | undefined;
  tokenOf: (name: string, consumerKey: string) => Token | undefined;
};

const always = [
  'oauth_consumer_key',
  'oauth_signature_method',
  'oauth_timestamp',
  'oauth_nonce',
  'oauth_signature',
];

/** RFC 5849 section 3.2. A nonce counts as used only by a request whose signature is right. */
export function checkSigned<Token extends { secret: string }>(
  request: SignedRequest,
  required: readonly string[],
  { consumer, tokenOf }: Signers<Token>,
  nonces: UsedNonces,
  now: number,
): Checked<Token> {
  const [authorization = '', another] = request.authorizations;
  if (another !== undefined) {
    return refuse('parameter_rejected', 'there is more than one Authorization header');
  }
  const parameters = parseHeader(authorization);
  if (parameters === undefined) {
    return refuse('parameter_rejected', 'the Authorization header is not of the form of RFC 5849');
  }
  const others = [...formParameters(request.query), ...formParameters(request.form)];
  const twice = others.find(([name]) => parameters.has(name))?.[0];
  if (twice !== undefined) return refuse('parameter_rejected', `${twice} is there twice`);
  const outside = others.find(([name]) => name.startsWith('oauth_'))?.[0];
  if (outside !== undefined) {
    return refuse('parameter_rejected', `${outside} is not in the Authorization header`);
  }
  const value = (name: string) => parameters.get(name) ?? '';
  const absent = [...always, ...required].filter((name) => value(name) === '');
  if (absent.length > 0) {
    return refuse('parameter_absent', `there is no ${absent.join(', ')}`, {
      oauth_parameters_absent: absent.map(percentEncode).join('&'),
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
  if (consumer === undefined || !isEqual(value('oauth_consumer_key'), consumer.consumerKey)) {
    return refuse('consumer_key_unknown', 'oauth_consumer_key is not that of the consumer');
  }
  const token = tokenOf(value('oauth_token'), consumer.consumerKey);
  if (token === undefined) return refuse('token_rejected', 'oauth_token is not good here');
  const signed = [...parameters, ...others].filter(([name]) => name !== 'oauth_signature');
  const uri = baseStringUri(request.origin, request.path);
  const text = baseString(request.method, uri, signed);
  if (!isEqual(value('oauth_signature'), hmacSha1(text, consumer.consumerSecret, token.secret))) {
    return refuse('signature_invalid', 'oauth_signature is not the signature of this request');
  }
  const timestamp = value('oauth_timestamp');
  if (!/^\d+$/.test(timestamp) || Math.abs(Number(timestamp) - now) > tolerance) {
    const [from, to] = [Math.ceil(now - tolerance), Math.floor(now + tolerance)];
    return refuse('timestamp_refused', 'oauth_timestamp is no time, or not near the clock', {
      oauth_acceptable_timestamps: `${from}-${to}`,
    });
  }
  const parts = [consumer.consumerKey, value('oauth_token'), value('oauth_nonce')];
  if (!nonces.claim(Number(timestamp), parts, now)) {
    return refuse('nonce_used', 'oauth_nonce was used before');
  }
  return { parameters, token };
}

function refuse(problem: string, reason: string, more?: OAuth1Problem['more']) {
  return { problem: { problem, reason, ...(more && { more }) } };
}
