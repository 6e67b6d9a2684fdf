/** Own and inherited names: Object.assign of parsed JSON with `__proto__` sets the prototype of the copy. */
export function enumerableNames(value: object): string[] {
  const names: string[] = [];
  for (const name in value) names.push(name);
  return names;
}
