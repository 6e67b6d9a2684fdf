// Signs tokens with a private key that never leaves AWS KMS. The key needs the spec RSA_2048 or longer and
// the usage SIGN_VERIFY. The program needs the permissions kms:Sign and kms:GetPublicKey for this key.
import { createHash, createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { AuthInjector, Credentials, type Signer } from 'nexmo-auth';

/** Creates an injector for `attachAuth(http, auth)` or `createAuthFetch(auth)`. */
export async function awsKmsAuth(
  applicationId: string,
  keyId: string,
  client = new KMSClient(),
): Promise<AuthInjector> {
  const signer = await awsKmsSigner(keyId, client);
  return new AuthInjector(new Credentials({ applicationId }), { signer });
}

/** Creates the `signer` option of `AuthInjector` and `JwtGenerator`. */
export async function awsKmsSigner(keyId: string, client: KMSClient) {
  const sign: Signer = async (signingInput, { signal }) => {
    const command = new SignCommand({
      KeyId: keyId,
      // AWS KMS accepts messages of at most 4096 bytes, so it gets the digest.
      Message: createHash('sha256').update(signingInput).digest(),
      MessageType: 'DIGEST',
      SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
    });
    const { Signature } = await client.send(command, { abortSignal: signal });
    if (Signature === undefined) throw new Error('AWS KMS returned no signature.');
    return Signature;
  };

  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: keyId }));
  if (PublicKey === undefined) throw new Error('AWS KMS returned no public key.');
  const der = Buffer.from(PublicKey);
  return { sign, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}
