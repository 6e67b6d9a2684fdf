/** Own and inherited names. If Object.assign copies parsed JSON with `__proto__`, the copy has inherited names. */
export function enumerableNames(value: object): string[] {
  const names: string[] = [];
  for (const name in value) names.push(name);
  return names;
}
