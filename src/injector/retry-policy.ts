import type { CredentialKind, Credentials } from '../credentials/credentials';
import type { CredentialSource } from '../credentials/source';
import type { DiagnosticsEvents } from '../diagnostics';
import { isStream } from '../readers/brands';
import type { PlainRequest } from '../schemes/scheme';

/**
 * Whether a response refuses the credential, for the whole request or for some of its messages. `not refused` does not
 * prove that the credential is valid: an HTTP 500 may come before the check.
 */
export type Verdict = 'not refused' | 'refused' | 'partly refused';

/** The facts about a refused attempt that decide its retry. */
type RefusedAttempt = {
  credentials: Credentials;
  kind: CredentialKind;
  /** Whether the token was dated by a clock that differs from the host's. */
  isMisdated: boolean;
  /** Whether the status was 403, which is about permissions (RFC 9110, section 15.5.4). */
  isForbidden: boolean;
  /** Whether the token had been sent before. */
  isTokenReused: boolean;
};

/** The credentials for a retry, and how they differ from the refused attempt. */
type Alternative = {
  credentials: Credentials;
  change: DiagnosticsEvents['request:retried']['with'];
};

/**
 * Whether a refused request may be retried. It must not be retried if its body is a stream, which can be read only
 * once, or if some of its messages were accepted, since they would be sent twice.
 */
export function isRepeatable(request: PlainRequest, verdict: Verdict): boolean {
  return verdict === 'refused' && !isStream(request.data);
}

/**
 * Finds the credentials for a retry of a refused request. The first rule that applies decides:
 *
 * 1. if the token was dated by another clock than the host's: a token dated by the host's clock;
 * 2. after any other 403: nothing;
 * 3. if the product accepts other known credentials, or others from the provider: those credentials;
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

/** The first credentials that were not refused. Asks the provider only if no other credentials are known. */
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
