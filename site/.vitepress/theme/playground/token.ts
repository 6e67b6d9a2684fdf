import { parseToken } from '../../../../src/cli/parse-token';
import { describeToken, type TokenDescription } from '../../../../src/cli/token-description';
import { decodeJwt } from '../../../../src/jwt/decode';
import { provideBuffer } from './buffer';

provideBuffer();

export type { TokenDescription };

/**
 * Does what `nexmo-auth jwt decode` does. `now` is in seconds.
 *
 * @throws NexmoAuthError `ERR_JWT_MALFORMED`
 */
export function decodeToken(text: string, now: number): TokenDescription {
  const { header, claims } = decodeJwt(parseToken(text));
  return describeToken(header, claims, now);
}
