import { refuseCredential } from '../injector/credential-present';
import { lowerCaseHeader } from '../schemes/body';
import type { PlainRequest } from '../schemes/scheme';
import { bufferLimit, readBlob } from './fetch-body';

/**
 * Refuses a Blob of up to 16 MiB that has a credential. Some adapters of axios send the Content-Type of the request, and
 * others send that of the Blob, so the Blob is searched as both.
 *
 * @throws NexmoAuthError `ERR_CREDENTIAL_PRESENT`
 */
export async function refuseCredentialInBlob(blob: Blob, request: PlainRequest): Promise<void> {
  if (blob.size > bufferLimit) return;
  const data = await readBlob(blob);
  for (const type of [lowerCaseHeader(request.headers, 'content-type'), blob.type]) {
    refuseCredential({ ...request, headers: { 'content-type': type }, data }, new URL(request.url));
  }
}
