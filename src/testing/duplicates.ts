export function hasRepeats(names: readonly string[]): boolean {
  return new Set(names).size < names.length;
}

/** The first of `wanted` that is more than once among `names`: servers differ in which they read. */
export function repeatedAmong(
  names: readonly string[],
  wanted: readonly string[],
): string | undefined {
  return wanted.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
}
