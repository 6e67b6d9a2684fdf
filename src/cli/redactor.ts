/** Hides secrets in a text, in all the forms in which a request or an answer may contain them. */
export type Redactor = (text: string) => string;

export function redactorOf(secrets: readonly string[]): Redactor {
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
  ]);
  const ordered = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((result, form) => result.replaceAll(form, '[redacted]'), text);
}
