const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/**
 * The text of a configuration for `curl --config -`. The configuration keeps secrets out of the arguments of curl.
 * `globoff` stops curl from expanding `{}` or `[]` in a URL to several URLs.
 */
export function curlConfig(options: readonly (readonly [name: string, value: string])[]): string {
  const lines = options.map(([name, value]) => `${name} = "${escaped(value)}"`);
  return ['globoff', ...lines].join('\n');
}

function escaped(value: string): string {
  return value.replace(/[\\"\n\r\t\v]/g, (character) => String(escapes[character]));
}
