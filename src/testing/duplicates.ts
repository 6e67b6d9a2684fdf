export function hasDuplicates(names: readonly string[]): boolean {
  return new Set(names).size < names.length;
}

/**
 * The first of `candidates` that occurs more than once in `names`. A repeated name is ambiguous: each server decides
 * which of the values it reads.
 */
export function findDuplicate(
  names: readonly string[],
  candidates: readonly string[],
): string | undefined {
  return candidates.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
}
