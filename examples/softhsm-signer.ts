// Tokens whose private key never leaves a hardware security module. pkcs11-tool of OpenSC talks to it
// by its PKCS#11 module: that of SoftHSM, or of any other HSM.
import { execFile } from 'node:child_process';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Credentials, JwtGenerator, type Signer } from 'nexmo-auth';

export type HsmKey = {
  /** The path of the PKCS#11 module, such as that of libsofthsm2.so. */
  module: string;
  /** The label of the token that holds the key. */
  token: string;
  /** The ID of the key pair, in hexadecimal. A label would not do: pkcs11-tool signs with any key then. */
  id: string;
};

/** A generator of an application's tokens. `AuthInjector` takes the same signer. */
export async function hsmGenerator(
  applicationId: string,
  key: HsmKey,
  pin: string,
): Promise<JwtGenerator> {
  const signer = { sign: hsmSigner(key, pin), publicKey: await hsmPublicKey(key) };
  return new JwtGenerator(new Credentials({ applicationId }), { signer });
}

/** Signs with the key. The PIN goes by the environment, since anyone can read a process's arguments. */
export function hsmSigner(key: HsmKey, pin: string): Signer {
  const args = ['--sign', '--mechanism', 'SHA256-RSA-PKCS', '--login', '--pin', 'env:HSM_PIN'];
  let refused = false;

  const sign: Signer = async (signingInput, { signal }) => {
    if (refused) throw new Error('The PIN was wrong, and too many wrong ones lock a token.');
    const running = pkcs11Tool(key, args, { env: { HSM_PIN: pin }, signal });
    // A tool that ends before it has read all is told of by its exit code.
    running.child.stdin?.on('error', () => undefined).end(signingInput);
    try {
      return (await running).stdout;
    } catch (error) {
      refused ||= String((error as { stderr: unknown }).stderr).includes('CKR_PIN_INCORRECT');
      throw error;
    }
  };

  // One login at a time: a wrong PIN is tried once, and SoftHSM's processes do not meet in its files.
  let last: Promise<unknown> = Promise.resolve();
  return async (signingInput, context) => {
    const signature = last.then(() => sign(signingInput, context));
    last = signature.catch(() => undefined);
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
  const all = ['--module', module, '--token-label', token, '--id', id, ...args];
  const options = { encoding: 'buffer', env: { ...process.env, ...env }, signal } as const;
  return promisify(execFile)('pkcs11-tool', all, options);
}
