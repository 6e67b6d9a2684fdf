import type { CommandContext } from './context';

/**
 * Waits for a promise. If the promise takes longer than `delay` (in milliseconds), shows a text on the terminal until
 * the promise is settled.
 */
export async function withProgress<Result>(
  text: string,
  promise: Promise<Result>,
  io: CommandContext,
  delay = 1000,
): Promise<Result> {
  if (io.quiet || io.stderr.isTTY !== true) return promise;
  const shown: string[] = [];
  const timer = setTimeout(() => {
    shown.push(text);
    io.stderr.write(text);
  }, delay);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    // Clears the line (ECMA-48, section 8.3.41).
    if (shown.length > 0) io.stderr.write('\r\u001B[K');
  }
}
