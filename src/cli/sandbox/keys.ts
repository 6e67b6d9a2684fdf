import type { CommandContext } from '../context';

/**
 * Calls `onKey` for each key that is pressed, until `ended` is aborted. Does nothing if standard input is not a
 * terminal.
 */
export function readKeys(
  { stdin }: CommandContext,
  onKey: (key: string) => void,
  ended: AbortSignal,
): void {
  if (stdin.isTTY !== true) return;
  const onData = (data: Buffer) => {
    for (const key of data.toString()) onKey(key);
  };
  stdin.setRawMode?.(true);
  stdin.on('data', onData);
  const stop = () => {
    stdin.off('data', onData);
    stdin.setRawMode?.(false);
    stdin.pause();
  };
  ended.addEventListener('abort', stop, { once: true });
}
