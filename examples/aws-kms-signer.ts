// Tokens whose private key never leaves AWS KMS. The key there is of the spec RSA_2048 or longer and of
// the usage SIGN_VERIFY; who runs this needs kms:Sign and kms:GetPublicKey for it.
import { createHash, createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { AuthInjector, Credentials, type Signer } from 'nexmo-auth';

/** Authenticates requests: attachAuth(http, auth) or createAuthFetch(auth). */
export async function awsKmsAuth(
  applicationId: string,
  keyId: string,
  client = new KMSClient(),
): Promise<AuthInjector> {
  const signer = await awsKmsSigner(keyId, client);
  return new AuthInjector(new Credentials({ applicationId }), { signer });
}

/** What `AuthInjector` and `JwtGenerator` take as signer. */
export async function awsKmsSigner(keyId: string, client: KMSClient) {
  const sign: Signer = async (signingInput, { signal }) => {
    const command = new SignCommand({
      KeyId: keyId,
      // The digest, since AWS KMS takes no more than 4096 bytes of a message itself.
      Message: createHash('sha256').update(signingInput).digest(),
      MessageType: 'DIGEST',
      SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
    });
    const { Signature } = await client.send(command, { abortSignal: signal });
    if (Signature === undefined) throw new Error('AWS KMS gave no signature.');
    return Signature;
  };

  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: keyId }));
  if (PublicKey === undefined) throw new Error('AWS KMS gave no public key.');
  const der = Buffer.from(PublicKey);
  return { sign, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}
