/** Own and inherited names. Names are inherited if Object.assign copied parsed JSON with `__proto__`. */
export function enumerableNames(value: object): string[] {
  const names: string[] = [];
  for (const name in value) names.push(name);
  return names;
}
