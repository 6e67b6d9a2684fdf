const names = 'api[_-]key|api[_-]secret|sig|oauth_\\w{1,30}';

/** Some servers read `Api_Key`, and many `api_key[]`. */
const credentialName = new RegExp(`^(?:${names})(?:\\[|$)`, 'i');

/** Behind one: what makes it a parameter in a form, in JSON, in XML or in multipart/form-data. */
const parameter = new RegExp(
  `(?<!\\w)(?:name=["']?(${names})(?!\\w)|(${names})(?:\\[\\w{0,9}\\])?["']?\\s{0,9}[=:>])`,
  'gi',
);

/** The name of a credential parameter in any spelling that a server may take for it. */
export function isCredentialName(name: string): boolean {
  return credentialName.test(name.trim());
}

/**
 * The names of credential parameters in a body that the sandbox takes no fields from, in whatever
 * notation. Text that merely looks like one counts, too: another server may read it.
 */
export function credentialNamesIn(body: Buffer): string[] {
  // Without the zero bytes of UTF-16, and without the escapes of forms and JSON.
  const text = body
    .toString('latin1')
    .replaceAll('\0', '')
    .replace(/(?:%|\\u00)([\da-f]{2})/gi, (_escape, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    );
  return [...text.matchAll(parameter)].map(([, named, plain]) => named ?? String(plain));
}

/** Why two servers could read a query or a form differently. */
export function formFault(text: string, what: 'query' | 'form'): string | undefined {
  if (/%(?![\da-f]{2})/i.test(text)) return `the ${what} is not percent-encoded: it has a % alone`;
  try {
    decodeURIComponent(text);
  } catch {
    return `the ${what} is not percent-encoded UTF-8`;
  }
  if (text.includes(';') && countIn(text.replaceAll(';', '&')) > countIn(text)) {
    return `the ${what} has a credential parameter behind a ;`;
  }
  return undefined;
}

function countIn(form: string): number {
  return [...new URLSearchParams(`&${form}`).keys()].filter(isCredentialName).length;
}
