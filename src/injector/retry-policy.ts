import type { CredentialKind, Credentials } from '../credentials/credentials';
import type { CredentialSource } from '../credentials/source';
import type { DiagnosticsEvents } from '../diagnostics';
import { isStream } from '../readers/brands';
import type { PlainRequest } from '../schemes/scheme';

/**
 * Whether a response refuses the credential, for the whole request or for some of its messages. With `not refused`, the
 * credential may still be invalid: a server may send HTTP 500 before it checks the credential.
 */
export type Verdict = 'not refused' | 'refused' | 'partly refused';

/** The facts about a refused attempt that decide its retry. */
type RefusedAttempt = {
  credentials: Credentials;
  kind: CredentialKind;
  /** Whether the token was dated by a clock that differs from the host's clock. */
  isMisdated: boolean;
  /** Whether the status was 403, which is about permissions (RFC 9110, section 15.5.4). */
  isForbidden: boolean;
  /** Whether the token had been sent before. */
  isTokenReused: boolean;
};

/** The credentials for a retry, and what the retry changes. */
type Alternative = {
  credentials: Credentials;
  change: DiagnosticsEvents['request:retried']['with'];
};

/**
 * Whether a refused request may be retried. A request whose body is a stream is not retried, because a stream can be
 * read only once. A partly refused request is not retried, because its accepted messages would be sent twice.
 */
export function isRepeatable(request: PlainRequest, verdict: Verdict): boolean {
  return verdict === 'refused' && !isStream(request.data);
}

/**
 * Finds what a retry of a refused request sends. The first rule that applies decides:
 *
 * 1. if the token was dated by a clock that differs from the host's clock: a token dated by the host's clock;
 * 2. if the status was 403: nothing (there is no retry);
 * 3. if there are other credentials, known or from the provider, and the product accepts them: those credentials;
 * 4. if the token had been sent before: a new token.
 */
export async function findAlternative(
  refused: RefusedAttempt,
  source: CredentialSource,
  isUsable: (credentials: Credentials) => boolean,
): Promise<Alternative | undefined> {
  const { credentials, kind, isMisdated, isForbidden, isTokenReused } = refused;
  if (isMisdated) return { credentials, change: 'set clock' };
  if (isForbidden) return undefined;
  const found = await findOtherCredentials(source, credentials, kind);
  if (found !== undefined && isUsable(found)) {
    return { credentials: found, change: 'other credentials' };
  }
  return isTokenReused ? { credentials, change: 'new token' } : undefined;
}

/**
 * Returns the first credentials that differ from the refused credentials. Asks the provider only if no such credentials
 * are known.
 */
export async function findOtherCredentials(
  source: CredentialSource,
  refused: Credentials,
  kind: CredentialKind,
): Promise<Credentials | undefined> {
  const isOther = (each: Credentials | undefined) => each?.equals(refused, kind) === false;
  const known = [source.inUse, refused.rotated(kind)].find(isOther);
  if (known !== undefined) return known;
  const fetched = await source.fetchAfterRefusal();
  return [fetched, fetched?.rotated(kind)].find(isOther);
}
