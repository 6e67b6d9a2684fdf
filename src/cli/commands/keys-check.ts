import type { CommandContext } from '../context';
import { exitCodes } from '../exit-codes';
import { type KeyDetails, keyDetails } from '../key-details';
import { printResult, style, table } from '../output';
import { readFileOrInput, readSecretFile, resolvePath } from '../read-input';
import { chmodCommand, isSharedFile } from '../shared-file';

export type KeysCheckOptions = { files: string[]; passphraseFile?: string };

/** Describes keys, and says whether they can be used and whether they belong together. */
export async function keysCheck(options: KeysCheckOptions, io: CommandContext): Promise<void> {
  const { files, passphraseFile } = options;
  const passphrase = readSecretFile(passphraseFile, '--passphrase-file', io);
  const keys: (KeyDetails & { file: string; isShared: boolean })[] = [];
  for (const [index, file] of files.entries()) {
    // Messages name the file by its number, because the argument may be a secret.
    const what = `Key file ${index + 1}`;
    const details = keyDetails(await readFileOrInput(file, what, io), passphrase);
    keys.push({ file, isShared: isSharedKey(file, details, io), ...details });
  }
  const belongTogether =
    keys.length < 2 ? undefined : new Set(keys.map(({ fingerprint }) => fingerprint)).size === 1;
  if (belongTogether === false) io.exitCode = exitCodes.problem;
  if (keys.some(({ problem }) => problem !== undefined)) io.exitCode = exitCodes.key;
  printResult(io, { keys, belongTogether }, () =>
    [
      ...keys.map((key) => keyText(key, io)),
      ...(belongTogether === undefined ? [] : [pairText(belongTogether, io)]),
    ].join('\n\n'),
  );
}

function keyText(
  key: KeyDetails & { file: string; isShared: boolean },
  io: CommandContext,
): string {
  const { file, kind, format, isEncrypted, type, bits, fingerprint, problem } = key;
  const size = bits === undefined ? '' : `, ${bits} bits`;
  const rows = [
    ['  key', `${kind} (${format}${isEncrypted ? ', encrypted' : ''})`],
    ['  type', `${String(type)}${size}`],
    ['  fingerprint', `SHA-256 ${fingerprint}`],
    [
      '  usable',
      problem === undefined
        ? style(io, 'green', 'yes')
        : style(io, 'red', `no: ${problem.message}`),
    ],
    ...(key.isShared
      ? [['  file', style(io, 'yellow', `other users can access it. Run: ${chmodCommand(file)}`)]]
      : []),
  ];
  return `${style(io, 'bold', file === '-' ? 'standard input' : file)}\n${table(rows)}`;
}

function pairText(belongTogether: boolean, io: CommandContext): string {
  return belongTogether
    ? style(io, 'green', 'The keys belong together.')
    : style(io, 'red', 'The keys do not belong together.');
}

function isSharedKey(file: string, { kind }: KeyDetails, io: CommandContext): boolean {
  return kind === 'private' && file !== '-' && isSharedFile(resolvePath(file, 'A key file', io));
}
