import * as fc from 'fast-check';
import { verdictOf } from '../../src/http/refusal';
import { products, type Refusal } from '../../src/injector/products';
import { anyCharacter } from '../support/characters';
import { startProcessorTime } from '../support/processor-time';

const answer = (status: number, body?: string) => ({ status, body: () => body });
const verdictOn = (product: string, response: Parameters<typeof verdictOf>[1]) => {
  const refusal = products.find(({ name }) => name === product)?.refusal;
  return verdictOf({ refusal }, response);
};
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
  // In the response of /ni/advanced/async/xml, the status is an element (API reference).
  ['number-insight', '<lookup><status> 4 </status></lookup>', 'bad credentials in XML'],
])('%s refuses by %s (%s)', async (product, body) => {
  expect(await verdictOn(product, answer(200, body))).toBe('refused');
});

test.each<[number, string]>([
  [401, 'refused'],
  [403, 'refused'],
  [200, 'not refused'],
])('HTTP %i without a body gives the verdict "%s", for any product', async (status, verdict) => {
  for (const product of ['voice', 'sms', 'own', 'constructor']) {
    const body = () => {
      if (status !== 200) throw new Error('Nobody needs to read this.');
      return undefined;
    };
    expect(await verdictOn(product, { status, body })).toBe(verdict);
  }
});

test('a body is not read if the product does not define what a refusal is', async () => {
  const body = () => {
    throw new Error('Nobody needs to read this.');
  };
  expect(await verdictOn('voice', { status: 200, body })).toBe('not refused');
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
  ['account', 404, '{"status":"4"}'],
])('%s with HTTP %i does not refuse the credential by %j', async (product, status, body) => {
  expect(await verdictOn(product, answer(status, body))).toBe('not refused');
});

describe('every message of an SMS in several parts counts:', () => {
  const json = (...statuses: string[]) =>
    JSON.stringify({ messages: statuses.map((status) => ({ status })) });
  const xml = (...statuses: string[]) =>
    `<messages>${statuses.map((status) => `<message><status>${status}</status></message>`).join('')}</messages>`;

  test.each<[string, string[]]>([
    ['refused', ['4', '4']],
    ['refused', ['14', '4', '14']],
    ['partly refused', ['0', '4']],
    ['partly refused', ['4', '0']],
    ['partly refused', ['1', '0', '14']],
    ['not refused', ['0', '0']],
    ['not refused', ['0', '1']],
    ['not refused', []],
  ])('the verdict is "%s" for the statuses %j', async (verdict, statuses) => {
    expect(await verdictOn('sms', answer(200, json(...statuses)))).toBe(verdict);
    expect(await verdictOn('sms', answer(200, xml(...statuses)))).toBe(verdict);
  });
});

describe('the refusal of a custom product', () => {
  const own = (refusal: Refusal, body: string) => verdictOf({ refusal }, answer(200, body));

  test.each<[string, string, string, boolean]>([
    ['status', '14', '{"status":14}', true],
    ['status', '14', '{"status":"14"}', true],
    ['status', '14', '{"status":141}', false],
    ['ok', 'false', '{"ok":false}', true],
    ['error.code', 'bad_key', '{"error":{"code":"bad_key"}}', true],
    ['error.code', 'bad_key', '{"error":"bad_key"}', false],
    ['error.code', 'null', '{"error":{"code":null}}', false],
    ['error', '4', '{"error":["4"]}', false],
    ['results.*.codes.*', '7', '{"results":[{"codes":[7]},{"codes":[7,7]}]}', true],
    ['results.1.code', '7', '{"results":[{"code":1},{"code":7}]}', true],
    ['*', '7', '["7"]', true],
    ['*', '7', '{"*":"7"}', true],
    ['constructor.name', 'Object', '{}', false],
    ['__proto__.x', '7', '{"__proto__":{"x":"7"}}', true],
    ['length', '1', '[1]', true],
  ])('at %s with code %s is looked for in %s', async (path, code, body, isRefused) => {
    const verdict = await own({ json: [path], codes: [code] }, body);
    expect(verdict).toBe(isRefused ? 'refused' : 'not refused');
  });

  test.each<[string, string, boolean]>([
    ['result', '<r><result>7</result></r>', true],
    ['result', '\n<r>\n<result kind="x">\n7\n</result></r>', true],
    ['result', '<r><results>7</results><a result="7"/></r>', false],
    ['result', '<r><!--<result>8</result>--></r>', false],
    ['r:result', '<r:result>7</r:result>', true],
    ['error@code', '<r><error code="7"/></r>', true],
    ['error@code', "<r><error text='code=1' code = '7'></error></r>", true],
    ['error@code', '<r><error xcode="7">7</error></r>', false],
    ['error@code', '<r><err code="7"/></r>', false],
    ['error@code', '<r><error text=\'code="7"\'></error></r>', false],
    ['error@code', '<r><error code=7></error></r>', false],
  ])('in XML at %s is looked for in %s', async (name, body, isRefused) => {
    const verdict = await own({ xml: [name], codes: ['7'] }, body);
    expect(verdict).toBe(isRefused ? 'refused' : 'not refused');
  });

  test('for JSON does not apply to XML, and one for XML does not apply to JSON', async () => {
    expect(await own({ json: ['code'], codes: ['7'] }, '<code>7</code>')).toBe('not refused');
    expect(await own({ xml: ['code'], codes: ['7'] }, '{"code":"7"}')).toBe('not refused');
  });
});

describe('any response has a verdict:', () => {
  const refusal = {
    json: ['messages.*.status', 'status', 'error.code'],
    xml: ['status', 'error@code'],
    codes: ['4', '14'],
  };
  const verdictOnText = (text: string) => verdictOf({ refusal }, answer(200, text));

  test('whatever its text is', async () => {
    const piece = fc.constantFrom('<', '>', '</', 'status', 'error', ' code=', '"', "'", '4', '14');
    const text = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.json(),
      fc.array(fc.oneof(piece, fc.string())).map((pieces) => `<${pieces.join('')}`),
    );
    await fc.assert(
      fc.asyncProperty(text, async (body) => {
        expect(['not refused', 'refused', 'partly refused']).toContain(await verdictOnText(body));
      }),
    );
  });

  test('the codes of any list of messages decide the verdict, in JSON and in XML', async () => {
    const codes = fc.array(fc.constantFrom('0', '1', '4', '14', '44'), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(codes, async (statuses) => {
        const refused = statuses.filter((status) => ['4', '14'].includes(status)).length;
        const verdict =
          refused === 0
            ? 'not refused'
            : refused === statuses.length
              ? 'refused'
              : 'partly refused';
        const xml = statuses.map((status) => `<status>${status}</status>`).join('\n');
        const json = JSON.stringify({ messages: statuses.map((status) => ({ status })) });
        expect(await verdictOnText(`<messages>${xml}</messages>`)).toBe(verdict);
        expect(await verdictOnText(json)).toBe(verdict);
      }),
    );
  });

  test.each([
    '<error ',
    '<error code=',
    '<error code="',
    `<error code='`,
    ' code="',
    `<a b="'`,
    '<status>',
    '<a',
    '<',
    '< ',
    '=',
    '"',
    '{"messages":[',
    '[',
  ])('1 MiB of %j is read twice in less than five seconds of processor time', async (piece) => {
    const text = `<error ${piece.repeat((1 << 20) / piece.length)}`;
    const seconds = startProcessorTime();
    expect(await verdictOnText(text)).toBe('not refused');
    expect(await verdictOnText(text.slice(7))).toBe('not refused');
    expect(seconds()).toBeLessThan(5);
  });
});
