import type { CommandContext } from './context';

/** Shows text on the terminal while a promise takes longer than a second. */
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
