/**
 * Own and inherited names. Inherited names matter, because Object.assign of parsed JSON with `__proto__` sets a
 * prototype.
 */
export function enumerableNames(value: object): string[] {
  const names: string[] = [];
  for (const name in value) names.push(name);
  return names;
}
