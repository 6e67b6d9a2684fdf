import { createHmac } from 'node:crypto';
import OAuth from 'oauth-1.0a';
import { time } from '../client';

let count = 0;

/** Protocol parameters to sign besides the usual ones, or instead; `undefined` leaves one out. */
type Own = Readonly<Record<string, string | undefined>>;

/** The Authorization header of an independent client. */
export function oauth1Header(
  { data, ...request }: OAuth.RequestOptions,
  consumer: { consumerKey: string; consumerSecret: string },
  token?: OAuth.Token,
  own: Own = {},
): string {
  const client = new OAuth({
    consumer: { key: consumer.consumerKey, secret: consumer.consumerSecret },
    signature_method: 'HMAC-SHA1',
    hash_function: (text, key) => createHmac('sha1', key).update(text).digest('base64'),
  });
  const parameters: Own = {
    oauth_consumer_key: consumer.consumerKey,
    oauth_nonce: `nonce-${(count += 1)}`,
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(time),
    oauth_version: '1.0',
    ...(token && { oauth_token: token.key }),
    ...own,
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
