import { escapeMarkup } from '../markup';
import type { HttpResponse } from '../response';

/**
 * The headers of a page. The content security policy has no `form-action`, because Chromium applies that directive to
 * every redirect after the form is submitted, even if the consumer's callback itself responds with a redirect.
 */
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const page = (status: number, title: string, content: string): HttpResponse => ({
  status,
  headers,
  body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeMarkup(title)}</title>
</head>
<body>
<main>
<h1>${escapeMarkup(title)}</h1>
${content}
</main>
</body>
</html>
`,
});

const paragraph = (text: string): string => `<p>${escapeMarkup(text)}</p>`;

export const messagePage = (status: number, title: string, text: string): HttpResponse =>
  page(status, title, paragraph(text));

/** The page on which a person decides. The form is sent to the page's own URL, which contains the token. */
export function consentPage(
  consumerKey: string,
  confirmation: string,
  callback: string,
): HttpResponse {
  const nextStep =
    callback === 'oob'
      ? 'You will then be shown a code to enter there.'
      : `You will then be sent to ${new URL(callback).origin}.`;
  return page(
    200,
    'Authorise access',
    `<p>The consumer <strong>${escapeMarkup(consumerKey)}</strong> asks to send SMS for this account.</p>
${paragraph(nextStep)}
<form method="post">
<input type="hidden" name="confirmation" value="${escapeMarkup(confirmation)}">
<button name="decision" value="approve">Approve</button>
<button name="decision" value="decline">Decline</button>
</form>`,
  );
}

export const verifierPage = (consumerKey: string, verifier: string): HttpResponse =>
  page(
    200,
    'Access authorised',
    `<p>Enter this code at <strong>${escapeMarkup(consumerKey)}</strong>:</p>
<p><code id="verifier">${escapeMarkup(verifier)}</code></p>`,
  );
