// Signs tokens with a private key that never leaves Google Cloud KMS. The key version needs the algorithm
// RSA_SIGN_PKCS1_2048_SHA256, or the same with a longer key. For this key, the program needs the role
// roles/cloudkms.signerVerifier.
import { createHash } from 'node:crypto';
import { KeyManagementServiceClient } from '@google-cloud/kms';
import { AuthInjector, Credentials, type Signer } from 'nexmo-auth';

/**
 * Creates an injector for `attachAuth(http, auth)` or `createAuthFetch(auth)`.
 *
 * @param name the key version: `projects/…/locations/…/keyRings/…/cryptoKeys/…/cryptoKeyVersions/1`
 */
export async function googleKmsAuth(
  applicationId: string,
  name: string,
  client = new KeyManagementServiceClient(),
): Promise<AuthInjector> {
  const signer = await googleKmsSigner(name, client);
  return new AuthInjector(new Credentials({ applicationId }), { signer });
}

/** Creates the `signer` option of `AuthInjector` and `JwtGenerator`. `deadline` is in seconds. */
export async function googleKmsSigner(
  name: string,
  client: KeyManagementServiceClient,
  deadline = 10,
) {
  const sign: Signer = async (signingInput) => {
    const sha256 = createHash('sha256').update(signingInput).digest();
    // The client accepts no AbortSignal, so it gets the deadline as a timeout. The checksums of the service are not
    // used: a signature that was damaged on the way does not match the public key.
    const timeout = deadline * 1000;
    const [{ signature }] = await client.asymmetricSign({ name, digest: { sha256 } }, { timeout });
    if (!(signature instanceof Uint8Array))
      throw new Error('Google Cloud KMS returned no signature.');
    return signature;
  };

  const [{ pem }] = await client.getPublicKey({ name });
  if (!pem) throw new Error('Google Cloud KMS returned no public key.');
  return { sign, publicKey: pem, deadline };
}
