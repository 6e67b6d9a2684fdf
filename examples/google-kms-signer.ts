// Tokens whose private key never leaves Google Cloud KMS. The key version there is of the algorithm
// RSA_SIGN_PKCS1_2048_SHA256 or of a longer key; who runs this needs the role
// roles/cloudkms.signerVerifier for it.
import { createHash } from 'node:crypto';
import { KeyManagementServiceClient } from '@google-cloud/kms';
import { AuthInjector, Credentials, type Signer } from 'nexmo-auth';

/**
 * Authenticates requests: attachAuth(http, auth) or createAuthFetch(auth). The key version is named
 * `projects/…/locations/…/keyRings/…/cryptoKeys/…/cryptoKeyVersions/1`.
 */
export async function googleKmsAuth(
  applicationId: string,
  name: string,
  client = new KeyManagementServiceClient(),
): Promise<AuthInjector> {
  const signer = await googleKmsSigner(name, client);
  return new AuthInjector(new Credentials({ applicationId }), { signer });
}

/** What `AuthInjector` and `JwtGenerator` take as signer. `deadline` is in seconds. */
export async function googleKmsSigner(
  name: string,
  client: KeyManagementServiceClient,
  deadline = 10,
) {
  const sign: Signer = async (signingInput) => {
    const sha256 = createHash('sha256').update(signingInput).digest();
    // The client takes no AbortSignal, so it is given the deadline itself. Nor are its checksums used:
    // a signature that was damaged on the way is one that the public key does not verify.
    const timeout = deadline * 1000;
    const [{ signature }] = await client.asymmetricSign({ name, digest: { sha256 } }, { timeout });
    if (!(signature instanceof Uint8Array)) throw new Error('Google Cloud KMS gave no signature.');
    return signature;
  };

  const [{ pem }] = await client.getPublicKey({ name });
  if (!pem) throw new Error('Google Cloud KMS gave no public key.');
  return { sign, publicKey: pem, deadline };
}
