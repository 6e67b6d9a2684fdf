import fc from 'fast-check';
import { type Sandbox, startSandbox } from '../../src/testing';
import { apiKey, apiSecret, basic, claims, keyAndSecret, options, time, signToken } from './client';
import { createLegs } from './oauth1/legs';
import { dashboardPaths, endpointPaths } from './endpoint-paths';
import { sendRaw } from './raw-client';
import { failOnUnhandledRejections } from '../support/unhandled-rejections';
import { anyCharacter } from '../support/characters';
import { runs } from '../support/runs';

failOnUnhandledRejections();
let sandbox: Sandbox;
let token: string;
beforeAll(async () => {
  sandbox = await startSandbox(options);
  token = await signToken(claims);
});
afterAll(() => sandbox.close());

const good64 = basic(`${apiKey}:${apiSecret}`);
const asJson = ['content-type', 'application/json'];
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('every request gets a response, and the sandbox keeps running:', () => {
  const oddName = fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'toString', 'valueOf', 'toJSON', 'then', ''),
    fc.constantFrom('api_key', 'api_secret', 'sig', 'timestamp', 'oauth_token', 'confirmation'),
    fc.string({ unit: anyCharacter }),
  );
  const oddValue = fc.oneof(
    fc.constantFrom(null, {}, [], '', 0, { toString: 1, valueOf: 1 }, { toJSON: {} }, '\ud800'),
    fc.jsonValue(),
    fc.string({ unit: anyCharacter }),
  );
  const entries = fc.array(fc.tuple(oddName, oddValue), { maxLength: 6 });
  const headerText = fc
    .string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) })
    .map((text) => text.replaceAll('\x7f', ''));

  /** Does not call `JSON.stringify` with an object, so that names can be repeated and `__proto__` can be a name. */
  const jsonOf = (members: readonly (readonly [string, unknown])[]) =>
    `{${members.map((member) => member.map((part) => JSON.stringify(part)).join(':')).join(',')}}`;

  const bodyFor = (required: readonly string[]) =>
    fc.oneof(
      fc
        .tuple(fc.tuple(...required.map((name) => fc.tuple(fc.constant(name), oddValue))), entries)
        .map(([first, second]) => jsonOf([...first, ...second])),
      fc.json(),
      fc
        .tuple(
          fc.array(fc.tuple(oddName, fc.string())),
          fc.constantFrom('', '&&=&', '?', '%', '%ff'),
        )
        .map(([pairs, tail]) => {
          const whole = pairs.map((each) => each.map((text) => Buffer.from(text).toString()));
          const given = required.map((name) => [name, '\0<&>"']);
          return `${new URLSearchParams([...given, ...whole] as [string, string][]).toString()}${tail}`;
        }),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.nat(100_000).map((levels) => `{"to":${nested(levels)}}`),
    );

  const contentType = fc.oneof(
    fc.constantFrom(
      'application/json',
      'application/x-www-form-urlencoded',
      'APPLICATION/JSON ; charset=utf-8',
      'text/plain',
      'multipart/form-data',
      '__proto__',
      ';',
    ),
    headerText,
  );
  const authorization = fc.oneof(
    fc.constantFrom(good64, 'bearer'),
    fc
      .tuple(fc.constantFrom('Basic ', 'Bearer ', 'OAuth ', 'OAuth oauth_token="', ''), headerText)
      .map(([scheme, text]) => scheme + text),
  );

  const endpoints: typeof endpointPaths = [
    ...endpointPaths,
    ...dashboardPaths.map((path): [string, string] => ['POST', path]),
  ];
  const requestTo = ([method, path, ...required]: (typeof endpointPaths)[number]) =>
    fc.record({
      path: fc
        .tuple(
          fc.constantFrom(
            '',
            '?',
            '/',
            '?%ff=%&',
            `?${new URLSearchParams(keyAndSecret).toString()}`,
          ),
          fc.webQueryParameters(),
        )
        .map(([query, more]) => `${path}${query}${query.startsWith('?') ? `&${more}` : ''}`),
      method: fc.oneof(
        { weight: 8, arbitrary: fc.constant(method) },
        { weight: 1, arbitrary: fc.constantFrom('GET', 'HEAD', 'DELETE', 'OPTIONS', 'PROPFIND') },
      ),
      body: bodyFor(required),
      types: fc.array(contentType, { maxLength: 2 }),
      authorizations: fc.array(authorization, { maxLength: 2 }),
    });

  test('the list of endpoints has every product', async () => {
    for (const [method, path] of endpoints) await sendRaw(sandbox, { path, method });
    const requested = new Set(sandbox.requests.map(({ product }) => product));
    for (const { name } of sandbox.products) expect(requested).toContain(name);
  });

  test.each(endpoints)('random bodies, types and credentials: %s %s', async (...endpoint) => {
    await fc.assert(
      fc.asyncProperty(
        requestTo(endpoint),
        async ({ path, method, body, types, authorizations }) => {
          const bearer = `Bearer ${token}`;
          const headers = [
            ...types.flatMap((type) => ['content-type', type]),
            ...authorizations.flatMap((text) => [
              'authorization',
              text === 'bearer' ? bearer : text,
            ]),
          ];
          const count = sandbox.requests.length;
          const { status } = await sendRaw(sandbox, { path, method, headers, body });
          expect(status).toBeGreaterThanOrEqual(200);
          expect(status).toBeLessThan(500);
          expect(sandbox.requests).toHaveLength(count + 1);
        },
      ),
      { numRuns: runs(40) },
    );
  });

  test('a genuine SMS is accepted after all random requests', async () => {
    const { status, text } = await sendRaw(sandbox, {
      path: 'rest.nexmo.com/sms/json',
      headers: ['content-type', 'application/x-www-form-urlencoded', 'authorization', good64],
      body: 'from=Nexmo&to=447700900000&text=Hi',
    });
    expect([status, text]).toEqual([200, expect.stringContaining('"status":"0"')]);
  });

  test('a random body sent to the page of a request token never approves or declines the token', async () => {
    const legs = createLegs(sandbox, () => time);
    const requested = await legs.requestToken();
    const path = `dashboard.nexmo.com/oauth/authorize?oauth_token=${requested.key}`;
    const decision = fc.constantFrom('approve', { toString: 'approve' }, ['approve'], null);
    await fc.assert(
      fc.asyncProperty(decision, oddValue, entries, async (decided, confirmation, members) => {
        const body = jsonOf([...members, ['decision', decided], ['confirmation', confirmation]]);
        const { status } = await sendRaw(sandbox, { path, headers: asJson, body });
        expect([400, 403]).toContain(status);
      }),
    );
    expect((await legs.decide(requested, 'approve')).status).toBe(302);
  });
});
