const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/**
 * Options for `curl --config -`, so that no secret is among the arguments of curl. Without `globoff`, curl would send a
 * URL with `{}` or `[]` to several URLs.
 */
export function curlConfig(options: readonly (readonly [name: string, value: string])[]): string {
  const lines = options.map(([name, value]) => `${name} = "${escaped(value)}"`);
  return ['globoff', ...lines].join('\n');
}

function escaped(value: string): string {
  return value.replace(/[\\"\n\r\t\v]/g, (character) => String(escapes[character]));
}
