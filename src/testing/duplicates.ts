export function hasDuplicates(names: readonly string[]): boolean {
  return new Set(names).size < names.length;
}

/**
 * The first of `candidates` that occurs more than once in `names`. Servers differ in which value of a repeated name
 * they read.
 */
export function findDuplicate(
  names: readonly string[],
  candidates: readonly string[],
): string | undefined {
  return candidates.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
}
