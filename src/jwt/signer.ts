import type { KeyObject } from 'node:crypto';
import type { Claims } from './claims';

const header = { alg: 'RS256', typ: 'JWT' } as const;

/** Signs claims with RS256 under the header `{ alg: 'RS256', typ: 'JWT' }` (RFC 7515). */
export function sign(claims: Claims, privateKey: KeyObject): string {
  // Loaded at the first token, so that importing the package stays cheap; Node caches it.
  const jsonwebtoken = require('jsonwebtoken') as typeof import('jsonwebtoken');
  // As text: jsonwebtoken's look at an object fails on claims such as "constructor".
  return jsonwebtoken.sign(JSON.stringify(claims), privateKey, { algorithm: 'RS256', header });
}
