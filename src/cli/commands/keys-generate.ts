import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { usageError } from '../cli-error';
import type { CommandContext } from '../context';
import { fingerprintOf } from '../key-details';
import { printNote, printResult } from '../output';
import { withProgress } from '../progress';
import { readSecretFile, resolvePath } from '../read-input';
import { requireNewFile, writeNewFiles } from '../write-file';

export type KeysGenerateOptions = {
  out?: string;
  publicOut?: string;
  bits?: string;
  passphraseFile?: string;
};

/** Generates a key pair: writes the private key to a new file, and prints the public key. */
export async function keysGenerate(
  options: KeysGenerateOptions,
  io: CommandContext,
): Promise<void> {
  const { out = 'private.key', publicOut, passphraseFile } = options;
  const bits = parseBits(options.bits ?? '2048');
  const passphrase = readSecretFile(passphraseFile, '--passphrase-file', io);
  const privateFile = resolvePath(out, '--out', io);
  const publicFile =
    publicOut === undefined ? undefined : resolvePath(publicOut, '--public-out', io);
  if (privateFile === publicFile) {
    throw usageError(
      '--out and --public-out must be different files. Choose another path for one of them.',
    );
  }
  // If a file exists, fails before the slow generation of the key. `writeNewFiles` checks again, because another
  // process may create the file meanwhile.
  requireNewFile(privateFile);
  if (publicFile !== undefined) requireNewFile(publicFile);
  const pair = promisify(generateKeyPair)('rsa', { modulusLength: bits });
  const { publicKey, privateKey } = await withProgress('Generating the key …', pair, io);
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption });
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  writeNewFiles([
    { absolute: privateFile, text: privatePem.toString(), mode: 0o600 },
    ...(publicFile === undefined ? [] : [{ absolute: publicFile, text: publicPem, mode: 0o644 }]),
  ]);
  printNote(io, `The private key was written to ${privateFile}. Only its owner can read it.`);
  const fingerprint = fingerprintOf(publicKey);
  const result = { privateFile, publicFile, bits, fingerprint, publicKey: publicPem };
  printResult(io, result, () => publicPem.trimEnd());
}

function parseBits(text: string): number {
  const bits = Number(text);
  if (/^\d+$/.test(text) && bits >= 2048 && bits <= 8192 && bits % 8 === 0) return bits;
  throw usageError('--bits must be a multiple of 8 from 2048 to 8192.');
}
