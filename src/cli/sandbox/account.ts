import { createPublicKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type Credentials, fromFile } from '../../index';
import type { SandboxAccount } from '../../testing/index';
import type { CommandContext } from '../context';
import type { CredentialFlags } from '../credential-options';
import { credentialFields, fieldOf } from '../credential-places';
import { findCredentials, requireCredentials } from '../find-credentials';
import { printNote } from '../output';
import { resolvePath } from '../read-input';
import { writeSecretFile } from '../write-file';

export type AccountOptions = CredentialFlags & {
  /** The path of a credentials file. The file is created if it does not exist. */
  credentials?: string;
};

/** The credentials that the sandbox accepts. */
export async function accountCredentials(
  options: AccountOptions,
  io: CommandContext,
): Promise<Credentials> {
  const { credentials: file, ...flags } = options;
  if (file === undefined) {
    const found = await findCredentials(flags, io, credentialFields);
    // `requireCredentials` throws the error that says what is missing.
    if (Object.keys(found.sources).length === 0) return requireCredentials(flags, io, ['apiKey']);
    return found.credentials;
  }
  const path = resolvePath(file, '--credentials', io);
  if (!existsSync(path)) {
    createAccountFile(path, io);
    printNote(io, `${file} did not exist. It was created with new credentials for the sandbox.`);
  }
  return fromFile(path)();
}

/** Writes new credentials, which only the sandbox accepts, to a file. The file contains the private key as text. */
function createAccountFile(path: string, io: CommandContext): void {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const account = {
    'api-key': randomBytes(4).toString('hex'),
    'api-secret': randomBytes(12).toString('base64url'),
    'app-id': randomUUID(),
    'private-key': privateKey.export({ type: 'pkcs8', format: 'pem' }),
    'signature-secret': randomBytes(24).toString('base64url'),
  };
  writeSecretFile(path, '--credentials', `${JSON.stringify(account, null, 2)}\n`, io);
}

/** The account that the sandbox accepts. It has the public key, but not the private key. */
export function accountOf(credentials: Credentials): SandboxAccount {
  const { apiKey, applicationId, signatureMethod } = credentials;
  const privateKey = fieldOf(credentials, 'privateKey');
  return {
    apiKey,
    apiSecret: fieldOf(credentials, 'apiSecret'),
    applicationId,
    publicKey: privateKey && createPublicKey(privateKey),
    signatureSecret: fieldOf(credentials, 'signatureSecret'),
    signatureMethod,
  };
}
