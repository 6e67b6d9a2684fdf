export function hasDuplicates(names: readonly string[]): boolean {
  return new Set(names).size < names.length;
}

/** The first of `candidates` that `names` has more than once. Servers differ in which value they read. */
export function findDuplicate(
  names: readonly string[],
  candidates: readonly string[],
): string | undefined {
  return candidates.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
}
