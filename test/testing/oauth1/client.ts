import { createHmac } from 'node:crypto';
import OAuth from 'oauth-1.0a';
import { time } from '../client';

let count = 0;

/** Protocol parameters that are added to the usual ones or replace them. The value `undefined` omits a parameter. */
type Overrides = Readonly<Record<string, string | undefined>>;

/** The Authorization header, signed by an independent client (oauth-1.0a). */
export function oauth1Header(
  { data, ...request }: OAuth.RequestOptions,
  consumer: { consumerKey: string; consumerSecret: string },
  token?: OAuth.Token,
  overrides: Overrides = {},
): string {
  const client = new OAuth({
    consumer: { key: consumer.consumerKey, secret: consumer.consumerSecret },
    signature_method: 'HMAC-SHA1',
    hash_function: (text, key) => createHmac('sha1', key).update(text).digest('base64'),
  });
  const parameters: Overrides = {
    oauth_consumer_key: consumer.consumerKey,
    oauth_nonce: `nonce-${(count += 1)}`,
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(time),
    oauth_version: '1.0',
    ...(token && { oauth_token: token.key }),
    ...overrides,
  };
  const present = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const signed = Object.fromEntries(present) as object as OAuth.Data;
  const signature = client.getSignature(
    { ...request, data: (data ?? {}) as object },
    token?.secret,
    signed,
  );
  return client.toHeader({ oauth_signature: signature, ...signed }).Authorization;
}
