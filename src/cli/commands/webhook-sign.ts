import { type SignedCallback, signWebhook } from '../../testing/index';
import { usageError } from '../cli-error';
import type { CommandContext } from '../context';
import type { CredentialFlags } from '../credential-options';
import { curlConfig } from '../curl-config';
import { requireCredentials } from '../find-credentials';
import { jsonText } from '../json-text';
import { print } from '../output';
import { parseOptional, parseTime } from '../parse-values';
import { decodeUtf8, readFileOrInput } from '../read-input';

export type WebhookSignOptions = CredentialFlags & {
  body?: string;
  url?: string;
  method?: string;
  contentType?: string;
  iat?: string;
  jti?: string;
  curl?: boolean;
};

/** Signs a webhook as the platform does, for tests of a receiver. */
export async function webhookSign(options: WebhookSignOptions, io: CommandContext): Promise<void> {
  const { appId, body, url, method, contentType, iat, jti, curl = false } = options;
  const credentials = await requireCredentials(options, io, ['apiKey', 'signatureSecret']);
  const callback = signWebhook({
    secret: credentials.reveal('signatureSecret'),
    apiKey: String(credentials.apiKey),
    applicationId: appId,
    method: method as 'GET' | 'POST' | undefined,
    url,
    body: body === undefined ? undefined : await readFileOrInput(body, 'The file of --body', io),
    contentType,
    iat: parseOptional(iat, '--iat', parseTime),
    jti,
    now: io.now,
  });
  if (io.json) print(io, jsonText(jsonForm(callback), 2));
  else if (curl) print(io, curlText(callback));
  else io.stdout.write(rawHttp(callback));
}

/** What `--json` prints. A body that is not UTF-8 is encoded in base64. `webhook verify` decodes the base64. */
function jsonForm({ method, url, headers, rawBody }: SignedCallback): object {
  const text = decodeUtf8(rawBody);
  const body =
    text === undefined ? { body: rawBody.toString('base64'), encoding: 'base64' } : { body: text };
  return { method, url, headers, ...body };
}

function curlText({ method, url, headers, rawBody }: SignedCallback): string {
  const text = decodeUtf8(rawBody);
  if (text === undefined || text.includes('\0')) {
    throw usageError(
      'A configuration for curl can only have a body in UTF-8 without NUL characters. Send the raw HTTP that is printed without --curl.',
    );
  }
  return curlConfig([
    ['request', method],
    ['url', url],
    ...Object.entries(headers)
      .filter(([name]) => name !== 'content-length')
      .map(([name, value]) => ['header', `${name}: ${value}`] as const),
    ...(rawBody.length > 0 ? [['data-raw', text] as const] : []),
  ]);
}

function rawHttp({ method, url, headers, rawBody }: SignedCallback): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`${method} ${url} HTTP/1.1\r\n${lines.join('')}\r\n`),
    rawBody,
  ]);
}
