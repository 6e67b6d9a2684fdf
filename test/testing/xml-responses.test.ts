import { type Sandbox, startSandbox } from '../../src/testing';
import { apiKey, type RequestOptions, keyAndSecret, options, send } from './client';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(options);
});
afterAll(() => sandbox.close());

async function xmlAt(path: string, init?: RequestOptions): Promise<string> {
  const response = await send(sandbox, path, init);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/xml;charset=UTF-8');
  return response.text();
}

const sms = 'rest.nexmo.com/sms/xml';
const wrong = { query: { ...keyAndSecret, api_secret: 'wrong' } };
const message = (content: string) =>
  `<?xml version='1.0' encoding='UTF-8' ?><mt-submission-response><messages count='1'><message>${content}</message></messages></mt-submission-response>`;
const incomplete = 'Your request is incomplete and missing some mandatory parameters';
const prolog = '<?xml version="1.0" encoding="UTF-8"?>';

describe('a refusal in XML is the documented one:', () => {
  test.each<[string, string, RequestOptions, string]>([
    [
      'sms, wrong secret',
      sms,
      wrong,
      message('<status>4</status><errorText>Bad Credentials</errorText>'),
    ],
    [
      'sms, no secret',
      sms,
      { query: { api_key: apiKey } },
      message(`<status>2</status><errorText>${incomplete}</errorText>`),
    ],
    [
      'sms, wrong signature',
      sms,
      { query: { api_key: apiKey, timestamp: '1500000000', sig: 'x' } },
      message('<status>14</status><errorText>Invalid Signature</errorText>'),
    ],
    [
      'sms, a parameter missing',
      sms,
      {},
      message('<status>2</status><errorText>Missing from param</errorText>'),
    ],
    [
      'verify, wrong secret',
      'api.nexmo.com/verify/xml',
      wrong,
      `${prolog}<verify_response><status>4</status><error_text>Bad Credentials</error_text></verify_response>`,
    ],
    [
      'verify search, wrong secret',
      'api.nexmo.com/verify/search/xml',
      wrong,
      `${prolog}<verify_response><status>4</status><error_text>Bad Credentials</error_text></verify_response>`,
    ],
    [
      'verify, a parameter missing',
      'api.nexmo.com/verify/xml',
      { query: { ...keyAndSecret, number: '1' } },
      `${prolog}<verify_response><status>2</status><error_text>Your request is incomplete and missing the mandatory parameter: brand</error_text></verify_response>`,
    ],
    [
      'number-insight, wrong secret',
      'api.nexmo.com/ni/basic/xml',
      wrong,
      `${prolog}<lookup><error code="4">Invalid credentials</error></lookup>`,
    ],
    [
      'number-insight, a parameter missing',
      'api.nexmo.com/ni/advanced/async/xml',
      {},
      `${prolog}<lookup><error code="3">${incomplete}</error></lookup>`,
    ],
  ])('%s', async (_name, path, init, text) => {
    expect(await xmlAt(path, init)).toBe(text);
  });
});

describe('a response in XML is the documented one:', () => {
  const answers: [string, string, Record<string, string>, string | RegExp][] = [
    [
      'sms, with camel-case names',
      sms,
      { from: 'Nexmo', to: '447700900000', text: 'Hi' },
      /^<\?xml version='1\.0' encoding='UTF-8' \?><mt-submission-response><messages count='1'><message><to>447700900000<\/to><messageId>[\dA-F]{16}<\/messageId><status>0<\/status><remainingBalance>3\.14159265<\/remainingBalance><messagePrice>0\.03330000<\/messagePrice><network>12345<\/network><\/message><\/messages><\/mt-submission-response>$/,
    ],
    [
      'verify',
      'api.nexmo.com/verify/xml',
      { number: '1', brand: 'Acme' },
      /<verify_response><request_id>[\da-f]{32}<\/request_id><status>0<\/status><\/verify_response>$/,
    ],
    [
      'verify check',
      'api.nexmo.com/verify/check/xml',
      { request_id: 'r', code: '1234' },
      /<verify_response><request_id>r<\/request_id><status>0<\/status><event_id>[\dA-F]{16}<\/event_id><price>0\.10000000<\/price><currency>EUR<\/currency><\/verify_response>$/,
    ],
    [
      'verify search',
      'api.nexmo.com/verify/search/xml',
      { request_id: 'r' },
      `${prolog}<verify_request><request_id>r</request_id><status>IN PROGRESS</status><checks></checks></verify_request>`,
    ],
    [
      'verify control',
      'api.nexmo.com/verify/control/xml',
      { request_id: 'r', cmd: 'cancel' },
      `${prolog}<response><status>0</status><command>cancel</command></response>`,
    ],
    [
      'number-insight',
      'api.nexmo.com/ni/standard/xml',
      { number: '447700900000' },
      /<lookup><request_id>[\da-f-]{36}<\/request_id><international_format_number>447700900000<\/international_format_number><local_number country_code="GB" country_code_iso3="GBR" country_name="United Kingdom" country_prefix="44">07700 900000<\/local_number><error code="0">Success<\/error><\/lookup>$/,
    ],
    [
      'number-insight, asynchronous',
      'api.nexmo.com/ni/advanced/async/xml',
      { number: '447700900000', callback: 'https://a.test' },
      /<lookup><requestId>[\da-f-]{36}<\/requestId><number>447700900000<\/number><remainingBalance>24\.453075<\/remainingBalance><requestPrice>0\.03000000<\/requestPrice><status>0<\/status><\/lookup>$/,
    ],
  ];
  test.each(answers)('%s', async (_name, path, query, text) => {
    expect(await xmlAt(path, { query: { ...keyAndSecret, ...query } })).toEqual(
      typeof text === 'string' ? text : expect.stringMatching(text),
    );
  });

  test.each([
    ['<to>&amp;"</to>', '&lt;to&gt;&amp;amp;&quot;&lt;/to&gt;'],
    ["it's", 'it&#39;s'],
    ['é 漢 🦆', 'é 漢 🦆'],
    ['\u0000\u001b\ufffe', '\ufffd\ufffd\ufffd'],
    [']]>', ']]&gt;'],
  ])('%j is escaped in an element', async (to, escaped) => {
    const query = { ...keyAndSecret, from: 'Nexmo', to, text: 'Hi' };
    expect(await xmlAt(sms, { query })).toContain(`<to>${escaped}</to>`);
  });

  test('a lone surrogate, which only JSON can send, becomes U+FFFD', async () => {
    const json = { from: 'Nexmo', to: 'half \ud800', text: 'Hi' };
    const text = await xmlAt(sms, { method: 'POST', json });
    expect(text).toContain('<to>half \ufffd</to>');
  });
});

test('an unknown path in XML gets a 404 in JSON', async () => {
  const response = await send(sandbox, 'rest.nexmo.com/sms/binary/xml', {});
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ type: 'NOT_FOUND', error_title: 'Not Found' });
});
