// Signs tokens with a private key that never leaves a hardware security module (HSM). OpenSC's pkcs11-tool
// talks to the HSM through the PKCS#11 module of the HSM: the module of SoftHSM, or that of any other HSM.
import { execFile } from 'node:child_process';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Credentials, JwtGenerator, type Signer } from 'nexmo-auth';

export type HsmKey = {
  /** The path of the PKCS#11 module, such as `/usr/lib/softhsm/libsofthsm2.so`. */
  module: string;
  /** The label of the token that holds the key. */
  token: string;
  /** The ID of the key pair, in hexadecimal. With a label in place of the ID, pkcs11-tool would sign with any key. */
  id: string;
};

/** Creates a generator for the tokens of an application. `AuthInjector` accepts the same signer. */
export async function hsmGenerator(
  applicationId: string,
  key: HsmKey,
  pin: string,
): Promise<JwtGenerator> {
  const signer = { sign: hsmSigner(key, pin), publicKey: await hsmPublicKey(key) };
  return new JwtGenerator(new Credentials({ applicationId }), { signer });
}

/** Creates a signer. It passes the PIN in the environment, because any user can read the arguments of a process. */
export function hsmSigner(key: HsmKey, pin: string): Signer {
  const args = ['--sign', '--mechanism', 'SHA256-RSA-PKCS', '--login', '--pin', 'env:HSM_PIN'];
  let isPinWrong = false;

  const sign: Signer = async (signingInput, { signal }) => {
    if (isPinWrong)
      throw new Error('The PIN was wrong. It is not tried again: that could lock the token.');
    const signing = pkcs11Tool(key, args, { env: { HSM_PIN: pin }, signal });
    // If the tool ends before it has read everything, its exit code says so.
    signing.child.stdin?.on('error', () => undefined).end(signingInput);
    try {
      return (await signing).stdout;
    } catch (error) {
      isPinWrong ||= String((error as { stderr: unknown }).stderr).includes('CKR_PIN_INCORRECT');
      throw error;
    }
  };

  // One login at a time: a wrong PIN is tried only once, and no two processes use the files of SoftHSM at once.
  let previous: Promise<unknown> = Promise.resolve();
  return async (signingInput, context) => {
    const signature = previous.then(() => sign(signingInput, context));
    previous = signature.catch(() => undefined);
    return signature;
  };
}

export async function hsmPublicKey(key: HsmKey): Promise<KeyObject> {
  const { stdout } = await pkcs11Tool(key, ['--read-object', '--type', 'pubkey']);
  return createPublicKey({ key: stdout, format: 'der', type: 'spki' });
}

function pkcs11Tool(
  { module, token, id }: HsmKey,
  args: string[],
  { env, signal }: { env?: NodeJS.ProcessEnv; signal?: AbortSignal } = {},
) {
  const allArgs = ['--module', module, '--token-label', token, '--id', id, ...args];
  const options = { encoding: 'buffer', env: { ...process.env, ...env }, signal } as const;
  return promisify(execFile)('pkcs11-tool', allArgs, options);
}
