// Tests of src/http/explain-refusal.ts, and of the table in src/injector/refusal-causes.ts.
import axios, { type AxiosError } from 'axios';
import * as fc from 'fast-check';
import { explainRefusal } from '../../src';
import { refusalCauses } from '../../src/injector/refusal-causes';
import { startSandbox } from '../../src/testing';
import { startProcessorTime } from '../support/processor-time';
import { runs } from '../support/runs';

const nexmo = 'https://developer.nexmo.com/api-errors';
const vonage = 'https://developer.vonage.com/en/api-errors';
const explain = (status: number, body?: unknown, headers?: unknown) =>
  explainRefusal({ status, body, headers });
const causeOf = (status: number, body?: unknown) => explain(status, body)?.cause;

// From the error catalogue (config/api-errors.yml of Nexmo/nexmo-developer), the API definitions
// (Nexmo/api-specification) and the tests of the official SDKs.
test.each<[number, string, string, string]>([
  [401, `${nexmo}#unauthorized`, 'unauthorized', 'missing or wrong'],
  [401, `${vonage}#unauthorized`, 'unauthorized', 'missing or wrong'],
  [401, `${nexmo}/#unathorized`, 'unauthorized', 'missing or wrong'],
  [401, 'UNAUTHORIZED', 'unauthorized', 'missing or wrong'],
  [401, `${nexmo}#jwt-expired`, 'jwt-expired', 'has expired'],
  [401, `${vonage}#jwt-revoked`, 'jwt-revoked', 'has been revoked'],
  [401, `${nexmo}#invalid-signature`, 'invalid-signature', 'signature of the request'],
  [401, `${nexmo}#multiple-auth-methods`, 'multiple-auth-methods', 'more than one credential'],
  [400, `${nexmo}#multiple-auth-methods`, 'multiple-auth-methods', 'more than one credential'],
  [401, `${nexmo}#invalid-ip`, 'invalid-ip', 'IP addresses'],
  [403, `${nexmo}#application-suspended`, 'application-suspended', 'application is suspended'],
  [403, `${nexmo}#account-suspended`, 'account-suspended', 'account is suspended'],
  [403, `${nexmo}#unprovisioned`, 'unprovisioned', 'no access to this product'],
  [403, `${nexmo}#forbidden`, 'forbidden', 'lacks a permission'],
  [402, `${nexmo}/#low-balance`, 'low-balance', 'balance'],
  [404, `${nexmo}#invalid-api-key`, 'invalid-api-key', 'does not exist'],
])('HTTP %i with the type %s is explained', (status, type, code, cause) => {
  const problem = { type, title: 'Any title', detail: 'Any detail', instance: 'bf0ca0bf927b' };
  for (const body of [problem, JSON.stringify(problem), Buffer.from(JSON.stringify(problem))]) {
    expect(explain(status, body)).toMatchObject({
      code,
      cause: expect.stringContaining(cause) as string,
    });
  }
});

// API definitions sms.yml, verify.yml and number-insight.yml.
test.each<[string, string]>([
  ['4', 'API key or secret is wrong'],
  ['8', 'account is suspended'],
  ['9', 'balance'],
  ['11', 'SMS over HTTP'],
  ['14', 'signature of the request'],
  ['29', 'demo mode'],
  ['32', 'both a signature and an API secret'],
])(
  'status %s in HTTP 200 is explained, in every format of SMS, Verify and Number Insight',
  (code, cause) => {
    for (const body of [
      { 'message-count': '1', messages: [{ status: code, 'error-text': 'Any text' }] },
      { 'message-count': '2', messages: [{ status: '0' }, { status: code }] },
      { status: code, error_text: 'Any text' },
      { status: Number(code), status_message: 'Any text' },
      `<?xml version='1.0'?><mt-submission-response><messages count='1'><message><status>${code}</status></message></messages></mt-submission-response>`,
      `<verify_response><status>${code}</status></verify_response>`,
      `<lookup><error code="${code}">Any text</error></lookup>`,
      new TextEncoder().encode(`\u{FEFF}{"status":"${code}"}`).buffer,
      `\u{FEFF}{"status":"${code}"}`,
    ]) {
      expect(explain(200, body)).toMatchObject({
        code,
        cause: expect.stringContaining(cause) as string,
      });
    }
  },
);

test.each<[string, number, unknown, string | undefined]>([
  ['SMS is throttled', 200, { messages: [{ status: '1' }] }, undefined],
  ['Verify cannot cancel yet', 200, { status: '19' }, undefined],
  ['SMS was accepted', 200, { messages: [{ status: '0' }] }, undefined],
  [
    'a resource has the title of a refusal',
    200,
    { title: 'Forbidden', type: 'jwt-expired' },
    undefined,
  ],
  ['a resource has a field named code', 200, { code: '4' }, undefined],
  ['there is no body', 200, undefined, undefined],
  ['something was created', 201, { status: '4' }, undefined],
  ['the resource does not exist', 404, { type: `${nexmo}#not-found` }, undefined],
  ['the body is invalid', 400, { type: `${nexmo}#invalid-json` }, undefined],
  ['there are too many requests', 429, undefined, undefined],
  ['the server fails', 500, { type: `${nexmo}#unauthorized` }, undefined],
  ['the server moved', 301, { type: `${nexmo}#unauthorized` }, undefined],
  ['a conversion has a wrong parameter', 420, { type: `${nexmo}#4` }, undefined],
])('it is no refusal if %s', (_what, status, body, expected) => {
  expect(explain(status, body)).toBe(expected);
});

describe('a refusal without a known code', () => {
  test.each([
    [401, 'missing or wrong'],
    [402, 'balance'],
    [403, 'lacks a permission'],
  ])('is explained by HTTP %i, without a code', (status, cause) => {
    const { title } = { title: 'No: jwt-expired' };
    const bodies = [
      undefined,
      '',
      '<html>',
      'no JSON',
      { type: 'about:blank' },
      { title },
      null,
      7,
    ];
    for (const body of [
      ...bodies,
      { 'error-code': '401', 'error-code-label': 'authentication failed' },
    ]) {
      const explanation = explain(status, body);
      expect(explanation?.cause).toContain(cause);
      expect(explanation).not.toHaveProperty('code');
    }
  });

  test('is explained by its title only where there is neither a type nor a code', () => {
    expect(explain(400, { title: 'Bad Credentials' })?.code).toBe('unauthorized');
    expect(explain(400, { error_title: 'Unauthorized' })?.code).toBe('unauthorized');
    expect(explain(400, { type: 'BAD_REQUEST', error_title: 'Unauthorized' })).toBeUndefined();
    expect(explain(400, { code: 'INVALID', error: 'Unauthorized' })).toBeUndefined();
  });
});

test('the body may have the name data, as in a response of axios', () => {
  const data = { type: `${nexmo}#jwt-expired` };
  for (const each of [data, JSON.stringify(data)]) {
    expect(explainRefusal({ status: 401, data: each })?.code).toBe('jwt-expired');
  }
  const body = { type: `${nexmo}#invalid-ip` };
  expect(explainRefusal({ status: 401, body, data })?.code).toBe('invalid-ip');
});

test('explainRefusal explains the response of an AxiosError', async () => {
  const sandbox = await startSandbox({ apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' });
  const error: unknown = await axios.get(sandbox.url('users')).catch((reason: unknown) => reason);
  await sandbox.close();
  const { response } = error as AxiosError;
  expect(response && explainRefusal(response)).toMatchObject({ code: 'unauthorized' });
});

test('a type counts more than the HTTP status and a contradicting title', () => {
  expect(causeOf(401, { type: `${nexmo}#invalid-ip`, title: 'Bad Credentials' })).toContain('IP');
  expect(causeOf(403, { type: `${nexmo}#jwt-expired`, title: 'Forbidden' })).toContain('expired');
});

test.each<[unknown]>([
  [{ 'www-authenticate': 'Bearer realm="x", error="invalid_token", error_description="no"' }],
  [{ 'WWW-Authenticate': ['Bearer error="invalid_token"'] }],
  [new Headers({ 'www-authenticate': 'Bearer error="invalid_token"' })],
])('the code of a Bearer challenge is read from %p (RFC 6750)', (headers) => {
  expect(explain(401, '', headers)?.code).toBe('unauthorized');
  expect(explain(403, { code: 'PERMISSION_DENIED' }, headers)?.code).toBe('forbidden');
});

describe('whatever arrives', () => {
  const trap = new Proxy(
    {},
    {
      get: () => {
        throw new Error('hush-hush');
      },
      ownKeys: () => {
        throw new Error('hush-hush');
      },
      getOwnPropertyDescriptor: () => {
        throw new Error('hush-hush');
      },
    },
  );
  const cyclic: Record<string, unknown> = {};
  cyclic['messages'] = [cyclic];

  test.each<[string, unknown, unknown]>([
    ['a proxy that throws', trap, trap],
    ['a cycle', cyclic, cyclic],
    ['a revoked proxy', revoked(), revoked()],
    ['deep nesting', '['.repeat(100_000), '<'.repeat(100_000)],
    ['a stream', new ReadableStream(), 7],
    ['members of the prototype', '{"__proto__":{"type":"jwt-expired"}}', { __proto__: null }],
  ])(
    'with %s in place of body and headers, the HTTP status alone decides',
    (_what, body, headers) => {
      expect(explain(401, body, headers)).not.toHaveProperty('code');
      expect(causeOf(401, body)).toContain('missing or wrong');
      expect(explain(200, body, headers)).toBeUndefined();
    },
  );

  test('a value that is not a response is no refusal', () => {
    const values = [undefined, null, 5, 'text', {}, { status: '401' }, { status: NaN }, trap];
    for (const answer of [...values, revoked()]) {
      expect(explainRefusal(answer as never)).toBeUndefined();
    }
  });

  test('the result has only texts of refusalCauses', () => {
    const texts = new Set<unknown>(
      refusalCauses.flatMap(({ types = [], statuses = [], cause, remedy }) => [
        ...types,
        ...statuses,
        cause,
        remedy,
      ]),
    );
    const words = fc.constantFrom(
      'type',
      'title',
      'code',
      'status',
      'messages',
      '4',
      'jwt-expired',
      'UNAUTHORIZED',
    );
    const value = fc.oneof(
      fc.anything(),
      fc.string(),
      fc.json(),
      fc.dictionary(words, fc.oneof(words, fc.anything())),
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(200, 400, 401, 403), fc.nat(600)),
        value,
        value,
        (status, body, headers) => {
          for (const text of Object.values(explain(status, body, headers) ?? {})) {
            expect(texts).toContain(text);
          }
        },
      ),
      { numRuns: runs(1000) },
    );
  });

  test.each(['{"type":"', '#', 'error="', '<error ', '<status>', '[', '\u{FEFF}', ' ', '_'])(
    '256 KiB of %j are read eight times in less than five seconds of processor time',
    (piece) => {
      const text = piece.repeat((1 << 18) / piece.length);
      const seconds = startProcessorTime();
      for (const body of [text, { type: text, code: text }, { title: text }, Buffer.from(text)]) {
        explain(401, body, { 'www-authenticate': text });
        explain(200, body);
      }
      expect(seconds()).toBeLessThan(5);
    },
  );
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

test('every cause is reachable, and every type and status has one cause', () => {
  for (const key of ['types', 'statuses'] as const) {
    const names = refusalCauses.flatMap((row) => row[key] ?? []);
    expect(new Set(names).size).toBe(names.length);
  }
  for (const { types = [], statuses = [], cause } of refusalCauses) {
    for (const type of types) expect(causeOf(400, { type })).toBe(cause);
    for (const status of statuses) expect(causeOf(200, { status })).toBe(cause);
  }
});
