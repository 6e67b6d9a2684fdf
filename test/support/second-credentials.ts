import fc from 'fast-check';

const names = ['api_key', 'api_secret', 'sig', 'access_token', 'oauth_token', 'oauth_x'];

const fullWidth = (name: string) =>
  name.replace(/[a-z_]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));

const spellings: Readonly<Record<string, (name: string) => string>> = {
  'as documented': (name) => name,
  'in capitals': (name) => name.toUpperCase(),
  'with a hyphen': (name) => name.replace('_', '-'),
  'without a separator': (name) => name.replace('_', ''),
  'with ten spaces': (name) => `${' '.repeat(10)}${name}${' '.repeat(10)}`,
  'as a list': (name) => `${name}[]`,
  'with an index of twelve digits': (name) => `${name}[123456789012]`,
  'in brackets': (name) => `a[${name}]`,
  'in brackets alone': (name) => `[${name}]`,
  'in brackets, before a quote': (name) => `[${name}]"`,
  'in brackets, before an apostrophe': (name) => `[${name}]'`,
  'in brackets, before a colon': (name) => `[${name}]a:b`,
  'in brackets, before a tag': (name) => `[${name}]<`,
  'in two brackets': (name) => `[0][${name}]`,
  'behind a dot': (name) => `a.${name}`,
  'behind a question mark': (name) => `?${name}`,
  'with a zero-width space': (name) => `${name.slice(0, 2)}\u200b${name.slice(2)}`,
  'with a Hangul filler': (name) => `${name}\u3164`,
  'in full-width letters': fullWidth,
  'with an accent': (name) => name.replace(/[aei]/, '$&\u0301'),
  'with a dotless i': (name) => name.replace('i', '\u0131'),
  'with NUL': (name) => `${name}\0`,
  'before NUL and other text': (name) => `${name}\0?`,
  'before %00 and other text': (name) => ` ${name}%00?x`,
  'before %2500 and other text': (name) => `${name}%2500.x`,
  'with %00': (name) => `${name}%00`,
  'percent-encoded': (name) => encodeURIComponent(name).replace(/[a-z]/, (letter) => hex(letter)),
  'percent-encoded twice': (name) =>
    name.replace(/[a-z]/, (letter) => hex(letter).replace('%', '%25')),
  'with an escape of JSON': (name) => name.replace('i', '\\u0069'),
  'with a byte as JavaScript escapes it': (name) => name.replace('i', '\\x69'),
  'with a code point as JavaScript escapes it': (name) => name.replace('i', '\\u{069}'),
  'with a code point as Python escapes it': (name) => name.replace('i', '\\U00000069'),
  'with an octal escape': (name) => name.replace('i', '\\151').replace('_', '\\137'),
  'with an escaped tab': (name) => `${name.slice(0, 2)}\\t${name.slice(2)}`,
  'with an escaped line break': (name) => `${name.slice(0, 2)}\\\n${name.slice(2)}`,
  'with an entity': (name) => name.replace('i', '&#105;').replace('_', '&#x5F;'),
};

function hex(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16)}`;
}

/**
 * Spellings that PHP, Rails, ASP.NET, Express or a database reads as the name of a credential parameter. The plain
 * spelling of access_token is left out: it is a documented JSON field of external accounts.
 */
export const credentialNames = Object.entries(spellings)
  .flatMap(([spelling, spell]) =>
    names.map((name): [spelling: string, name: string] => [`${name} ${spelling}`, spell(name)]),
  )
  .filter(([, name]) => name !== 'access_token');

export const anyCredentialName = fc.constantFrom(...credentialNames.map(([, name]) => name));

/** Names that are not credentials: documented ones, and ones that a user could choose. */
export const harmlessNames = [
  ...['signature', 'sign', 'message-class', 'timestamp', 'secret', 'token', 'key', 'from', 'to'],
  ...['apiKeyHint', 'my_api_key', 'client-ref', 'design', 'sigma', 'oauth', 'status-report-req'],
  ...['client_ref', 'account_ref', 'application_id', 'authorization', 'access_tokens', ''],
];
