/**
 * The maximum number of causes to remember. A cause is a path, a host name or one of this package's messages, which are
 * all short. Together, they take less than 8 MiB.
 */
const maximumCauses = 1000;

const emitted = new Set<string>();

/**
 * Emits a process warning, but only once per process for each code and cause. A program with one injector per tenant
 * therefore gets one warning, not one per tenant. After a thousand causes, forgets all causes.
 */
export function warnOnce(code: string, cause: string, message: string): void {
  const key = `${code} ${cause}`;
  if (emitted.has(key)) return;
  if (emitted.size === maximumCauses) emitted.clear();
  emitted.add(key);
  process.emitWarning(message, { type: 'NexmoAuthWarning', code });
}
