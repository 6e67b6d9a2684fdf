import type { CommandContext } from '../context';

/**
 * Calls `onKey` with each key that is pressed until the signal is aborted. Does nothing unless standard input is a
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
