import { isRefused } from '../../src/http/refusal';

const answer = (status: number, body?: string) => ({ status, body: () => body });
const sms = (status: unknown) => JSON.stringify({ 'message-count': '1', messages: [{ status }] });
const smsXml = (status: number) =>
  `<?xml version='1.0' encoding='UTF-8' ?><mt-submission-response><messages count='1'><message><status>${status}</status><errorText>Bad Credentials</errorText></message></messages></mt-submission-response>`;
const verifyXml = (status: number) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<verify_response><status>${status}</status></verify_response>`;
const insightXml = (code: number) => `<lookup><error code="${code}">Invalid</error></lookup>`;

test.each<[string, string, string]>([
  ['sms', sms('4'), 'bad credentials'],
  ['sms', sms('14'), 'a wrong signature'],
  ['sms', smsXml(4), 'bad credentials in XML'],
  ['sms', smsXml(14), 'a wrong signature in XML'],
  ['verify', '{"status":"4","error_text":"Bad Credentials"}', 'bad credentials'],
  ['verify', verifyXml(4), 'bad credentials in XML'],
  ['number-insight', '{"status":4,"status_message":"Invalid credentials"}', 'bad credentials'],
  ['number-insight', insightXml(4), 'bad credentials in XML'],
  ['number-insight', "<lookup><error code='4'>x</error></lookup>", 'bad credentials in XML'],
  // The answer of /ni/advanced/async/xml has an element (API reference).
  ['number-insight', '<lookup><status> 4 </status></lookup>', 'bad credentials in XML'],
])('%s refuses by %s (%s)', async (product, body) => {
  expect(await isRefused(product, answer(200, body))).toBe(true);
});

test.each([401, 200])('any product refuses by HTTP 401 alone, unlike by %i', async (status) => {
  for (const product of ['voice', 'sms', 'own', 'constructor']) {
    const body = () => {
      if (status === 401) throw new Error('Nobody needs to read this.');
      return undefined;
    };
    expect(await isRefused(product, { status, body })).toBe(status === 401);
  }
});

test.each<[string, number, string | undefined]>([
  ['sms', 200, sms('0')],
  ['sms', 200, sms('40')],
  ['sms', 200, smsXml(0)],
  ['sms', 200, '<html>'],
  ['sms', 200, '{"messages":[]}'],
  ['sms', 200, '{"messages":[null]}'],
  ['sms', 200, '{"messages":4}'],
  ['sms', 200, 'null'],
  ['sms', 200, '4'],
  ['sms', 200, ''],
  ['sms', 200, undefined],
  ['sms', 200, '{"messages":'],
  ['sms', 500, sms('4')],
  ['verify', 200, '{"status":"14"}'],
  ['verify', 200, '{"status":"IN PROGRESS"}'],
  ['verify', 200, verifyXml(16)],
  ['number-insight', 200, insightXml(0)],
  ['number-insight', 200, '{"status":44}'],
  ['account', 200, '{"status":"4"}'],
  ['account', 403, '{"status":"4"}'],
])('%s with HTTP %i does not refuse the credential by %j', async (product, status, body) => {
  expect(await isRefused(product, answer(status, body))).toBe(false);
});
