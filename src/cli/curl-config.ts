const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** Options for `curl --config -`, so that no secret is among the arguments of curl. */
export function curlConfig(options: readonly (readonly [name: string, value: string])[]): string {
  return options.map(([name, value]) => `${name} = "${escaped(value)}"`).join('\n');
}

function escaped(value: string): string {
  return value.replace(/[\\"\n\r\t\v]/g, (character) => String(escapes[character]));
}
