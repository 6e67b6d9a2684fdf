/** Causes are paths, hosts and messages of ours, so a thousand of them take less than 8 MiB. */
const maximumCauses = 1000;

const warned = new Set<string>();

/**
 * Emits a process warning once per process, code and cause, so that a program with an injector per
 * tenant does not repeat it for each of them. After a thousand other causes it warns again.
 */
export function warnOnce(code: string, cause: string, message: string): void {
  const key = `${code} ${cause}`;
  if (warned.has(key)) return;
  if (warned.size === maximumCauses) warned.clear();
  warned.add(key);
  process.emitWarning(message, { type: 'NexmoAuthWarning', code });
}
