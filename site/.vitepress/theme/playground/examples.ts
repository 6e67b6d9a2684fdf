import { type SignatureMethod, signParams } from './signature';

/** A token that expired 45 minutes ago. It is not signed: a text takes the place of the signature. */
export function exampleToken(): string {
  const iat = Math.floor(Date.now() / 1000) - 3600;
  const claims = {
    application_id: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
    iat,
    jti: crypto.randomUUID(),
    exp: iat + 900,
    sub: 'alice',
    acl: { paths: { '/*/users/**': {}, '/*/conversations/**': {} } },
  };
  const parts = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) =>
    base64url(JSON.stringify(part)),
  );
  return [...parts, base64url('not a signature')].join('.');
}

function base64url(ascii: string): string {
  return btoa(ascii).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** An inbound SMS of this moment. */
export function exampleCallback(): { text: string; secret: string; method: SignatureMethod } {
  const secret = 'SignatureSecret1';
  const method = 'sha256';
  const params = { msisdn: '447700900001', to: '447700900000', text: 'Hello & welcome' };
  const signed = signParams({ 'api-key': 'abcd1234', ...params }, { secret, method });
  return { text: new URLSearchParams(signed).toString(), secret, method };
}
