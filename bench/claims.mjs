import { randomUUID } from 'node:crypto';
import { applicationId } from './account.mjs';

export const header = { alg: 'RS256', typ: 'JWT' };

/** The claims of a default token, for peers that do not create claims. */
export function claims() {
  const iat = Math.floor(Date.now() / 1000);
  return { application_id: applicationId, iat, jti: randomUUID(), exp: iat + 900 };
}
