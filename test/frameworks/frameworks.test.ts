// Tests of every adapter of src/frameworks and, through the adapters, of src/webhooks/receiver.ts and read-body.ts.
import { setTimeout as wait } from 'node:timers/promises';
import { MemoryReplayGuard, NexmoAuthError, WebhookVerifier } from '../../src';
import { held } from '../support/account';
import { claims, inbound, tokenOf } from '../support/webhooks';
import { frameworks } from './hosts';
import {
  begin,
  failToConnect,
  gate,
  guardThat,
  send,
  sendHead,
  sendWithBody,
  sendWithoutEnd,
  serve,
  sms,
  until,
  verifierOf,
  webhook,
} from './serving';

const secret = held.signatureSecret;
const errorAnswer = { status: 500, text: 'By the framework' };
const refused = (status: number, code: string) => ({ status, text: JSON.stringify({ code }) });
const handledAnswer = { status: 200, text: 'Handled' };

describe.each(Object.entries(frameworks))('with %s', (name, framework) => {
  describe('an accepted callback', () => {
    test('gives the handler its claims, bytes and parsed body', async () => {
      const site = await serve(framework, {
        handler: () => ({ status: 201, text: '[{"action":"talk"}]', headers: { 'x-own': 'kept' } }),
      });
      expect(await send(site, webhook())).toMatchObject({
        status: 201,
        text: '[{"action":"talk"}]',
        headers: { 'x-own': 'kept' },
      });
      expect(site.handled).toEqual([
        {
          claims: expect.objectContaining({ api_key: held.apiKey, iss: 'Vonage' }) as object,
          rawBody: Buffer.from(inbound),
          body: JSON.parse(inbound) as unknown,
          query: {},
        },
      ]);
    });

    test('may be a webhook by GET with its signed query', async () => {
      const site = await serve(framework);
      const callback = webhook({ method: 'GET', body: undefined, query: { to: '1', 10: 'é &=' } });
      expect(await send(site, callback)).toMatchObject(handledAnswer);
      expect(site.handled).toMatchObject([{ claims: {}, rawBody: new Uint8Array() }]);
      const changed = { ...callback, url: callback.url.replace('to=1', 'to=2') };
      expect(await send(site, changed)).toMatchObject(refused(401, 'ERR_WEBHOOK_TAMPERED'));
    });

    test('may be a webhook without a body', async () => {
      const site = await serve(framework);
      expect(await send(site, webhook({ body: '', contentType: 'text/plain' }))).toMatchObject(
        handledAnswer,
      );
      expect(site.handled[0]?.rawBody).toHaveLength(0);
    });

    test.each(['query', 'form', 'json'] as const)('may be an SMS callback as %s', async (as) => {
      const site = await serve(framework, { verify: 'verifySmsCallback' });
      const callback = sms({ as });
      expect(await send(site, callback)).toMatchObject(handledAnswer);
      const { params, rawBody, body } = site.handled[0] ?? {};
      expect(params).toEqual(callback.params);
      expect(Buffer.from(rawBody ?? [])).toEqual(callback.rawBody);
      if (as !== 'query') expect({ ...(body as object) }).toEqual(callback.params);
    });
  });

  describe('a refusal, without a call of the handler,', () => {
    const valid = webhook();
    const { authorization = '' } = valid.headers;
    test.each([
      ['a forgery', 401, 'ERR_WEBHOOK_SIGNATURE', webhook({ secret: 'Not-the-secret' })],
      ['an unknown account', 401, 'ERR_WEBHOOK_UNKNOWN_ACCOUNT', webhook({ apiKey: 'dcba4321' })],
      [
        'garbage',
        401,
        'ERR_WEBHOOK_MALFORMED',
        { ...valid, headers: { authorization: 'Bearer a.b' } },
      ],
      ['a changed body', 401, 'ERR_WEBHOOK_TAMPERED', { ...valid, rawBody: Buffer.from('{}') }],
      ['an old webhook', 401, 'ERR_WEBHOOK_TOO_OLD', webhook({ iat: 1_700_000_000 })],
      [
        'a webhook from the future',
        401,
        'ERR_WEBHOOK_FROM_FUTURE',
        webhook({ now: () => Date.now() + 86_400_000 }),
      ],
      [
        'a token with the algorithm none',
        401,
        'ERR_WEBHOOK_ALGORITHM',
        {
          ...valid,
          headers: { authorization: authorization.replace(/ [^.]+/, ' eyJhbGciOiJub25lIn0') },
        },
      ],
      ['an unsigned webhook', 503, 'ERR_WEBHOOK_UNSIGNED', { ...valid, headers: {} }],
    ])('answers %s with %d %s', async (_what, status, code, callback) => {
      const site = await serve(framework);
      expect(await send(site, callback)).toMatchObject({
        ...refused(status, code),
        headers: { 'content-type': expect.stringMatching(/^application\/json/) as string },
      });
      expect(site.handled).toEqual([]);
      expect(site.errors).toEqual([]);
    });

    test.each([
      [
        'a forged signature',
        401,
        'ERR_WEBHOOK_SIGNATURE',
        sms({ secret: 'Not-the-secret', as: 'form' }),
      ],
      ['no signature', 503, 'ERR_WEBHOOK_UNSIGNED', { ...sms(), url: '/?text=Hello' }],
    ])('answers an SMS callback that has %s with %d %s', async (_what, status, code, callback) => {
      const site = await serve(framework, { verify: 'verifySmsCallback' });
      expect(await send(site, callback)).toMatchObject(refused(status, code));
      expect(site.handled).toEqual([]);
    });

    test('answers 503 while secrets cannot be looked up', async () => {
      const site = await serve(framework, {
        verifier: new WebhookVerifier({ secrets: failToConnect }),
      });
      expect(await send(site, webhook())).toMatchObject(refused(503, 'ERR_WEBHOOK_SECRETS_FAILED'));
    });
  });

  describe('a body', () => {
    // docs/threat-model.md#modified-bodies
    test('is hashed as its bytes arrived', async () => {
      const site = await serve(framework);
      const body = Buffer.from('\ufeff{ "b" : 1e0,\r\n"a":"\\u00e9\u{1F44B}", "b":2 }\n');
      expect(await send(site, webhook({ body, contentType: 'text/plain' }))).toMatchObject(
        handledAnswer,
      );
      expect(site.handled[0]?.rawBody).toEqual(body);
    });

    // docs/threat-model.md#modified-bodies
    test('that was already parsed is an error that says what to do', async () => {
      const site = await serve(framework, { parsedBefore: true });
      expect(await send(site, webhook())).toMatchObject(errorAnswer);
      expect(site.errors).toEqual([expect.any(NexmoAuthError)]);
      const how = {
        Express: 'express.json()',
        Fastify: 'preParsing',
        Koa: 'body parser',
        Hono: 'context.req',
        'a Request': 'clone()',
      };
      expect(site.errors[0]).toMatchObject({
        code: 'ERR_WEBHOOK_BODY_PARSED',
        message: expect.stringContaining(how[name as keyof typeof how]) as string,
      });
      expect(site.handled).toEqual([]);
    });

    // docs/threat-model.md#oversized-input
    test('is read after the token is verified', async () => {
      const site = await serve(framework);
      const { headers } = webhook({ secret: 'Not-the-secret' });
      const { answer, request } = sendHead(site, headers);
      expect(await answer).toMatchObject(refused(401, 'ERR_WEBHOOK_SIGNATURE'));
      request.destroy();
    });

    test.each([
      ['verifyWebhook', {}, 1_048_576],
      ['verifyWebhook', { limit: 1000 }, 1000],
      ['verifySmsCallback', {}, 65_536],
      ['verifySmsCallback', { limit: 1000 }, 1000],
    ] as const)(
      // docs/threat-model.md#oversized-input
      'whose Content-Length exceeds the limit is refused unread, by %s with %j',
      async (verify, options, limit) => {
        const site = await serve(framework, { verify, options });
        const headers = { ...webhook().headers, 'content-length': String(limit + 1) };
        const { answer, request } = sendHead(site, headers);
        expect(await answer).toMatchObject(refused(413, 'ERR_WEBHOOK_BODY_TOO_LARGE'));
        request.destroy();
        expect(site.handled).toEqual([]);
      },
    );

    // docs/threat-model.md#oversized-input
    test('without end is answered with 413 while it arrives; then the connection ends', async () => {
      const { authorization = '' } = webhook().headers;
      const sendTo = async (verify: 'verifyWebhook' | 'verifySmsCallback') => {
        const site = await serve(framework, { verify, options: { limit: 100_000 } });
        return { ...site, ...(await sendWithoutEnd(site, { authorization })) };
      };
      const ends = await Promise.all([sendTo('verifyWebhook'), sendTo('verifySmsCallback')]);
      for (const { received, sent, handled, errors } of ends) {
        expect(received).toMatch(
          /^HTTP\/1\.1 413 .*\r\n\r\n\{"code":"ERR_WEBHOOK_BODY_TOO_LARGE"\}$/s,
        );
        expect(sent).toBeGreaterThan(100_000);
        expect([handled, errors]).toEqual([[], []]);
      }
    });

    test.each([
      ['verifyWebhook', webhook({ method: 'GET', body: undefined, query: { to: '1' } })],
      ['verifySmsCallback', sms()],
    ] as const)('of a GET is refused by %s, since it is not signed', async (verify, valid) => {
      const site = await serve(framework, { verify });
      const sendBody = (head: Record<string, string>, body: string) => {
        const headers = { ...valid.headers, 'content-type': 'application/json', ...head };
        return sendWithBody(site, { ...valid, headers }, body);
      };
      for (const head of [{ 'content-length': '10' }, { 'transfer-encoding': 'chunked' }]) {
        expect(await sendBody(head, '{"to":"2"}')).toMatchObject(
          refused(401, 'ERR_WEBHOOK_TAMPERED'),
        );
      }
      expect(site.handled).toEqual([]);
      const served = await sendBody({ 'content-length': '0', 'content-type': 'text/plain' }, '');
      expect(served).toMatchObject(handledAnswer);
    });

    test('over the limit is refused even if the token has no payload_hash; the replay guard then releases the webhook', async () => {
      const iat = Math.floor(Date.now() / 1000);
      const token = tokenOf({ ...claims, iat, payload_hash: undefined });
      const verifier = new WebhookVerifier({
        secrets: secret,
        requirePayloadHash: false,
        replayGuard: new MemoryReplayGuard(),
      });
      const site = await serve(framework, { verifier, options: { limit: 10 } });
      const callback = { ...webhook(), headers: { authorization: `Bearer ${token}` } };
      const tooLarge = refused(413, 'ERR_WEBHOOK_BODY_TOO_LARGE');
      expect(await send(site, callback)).toMatchObject(tooLarge);
      expect(await send(site, callback)).toMatchObject(tooLarge);
    });

    test('of exactly as many bytes as the limit is accepted', async () => {
      const body = JSON.stringify('x'.repeat(998));
      const site = await serve(framework, { options: { limit: 1000 } });
      expect(await send(site, webhook({ body }))).toMatchObject(handledAnswer);
    });

    test('that is cut off is not handled, and the next callback is', async () => {
      const site = await serve(framework);
      const { headers, rawBody } = webhook();
      const { request } = sendHead(site, headers);
      request.write(rawBody.subarray(1));
      await wait(50);
      request.destroy();
      expect(await send(site, webhook())).toMatchObject(handledAnswer);
      expect(site.handled).toHaveLength(1);
    });
  });

  describe('copies', () => {
    test('of a handled webhook are answered with 200, without a call of the handler', async () => {
      const site = await serve(framework);
      const callback = webhook();
      expect(await send(site, callback)).toMatchObject(handledAnswer);
      expect(await send(site, callback)).toMatchObject(refused(200, 'ERR_WEBHOOK_HANDLED'));
      expect(site.handled).toHaveLength(1);
    });

    test('of a pending webhook are answered with 503, without a call of the handler', async () => {
      const { opened, open } = gate();
      const site = await serve(framework, { handler: () => opened.then(() => handledAnswer) });
      const callback = webhook();
      const first = send(site, callback);
      await until(() => site.handled.length === 1);
      expect(await send(site, callback)).toMatchObject(refused(503, 'ERR_WEBHOOK_PENDING'));
      open();
      expect(await first).toMatchObject(handledAnswer);
      expect(site.handled).toHaveLength(1);
    });

    // docs/threat-model.md#replayed-callbacks
    test('sent 100 times at once are handled exactly once', async () => {
      const site = await serve(framework);
      const callback = webhook();
      await Promise.all(Array.from({ length: 100 }, () => send(site, callback)));
      expect(site.handled).toHaveLength(1);
    });
  });

  // docs/threat-model.md#lost-deliveries
  describe('no delivery is lost', () => {
    test.each([400, 404, 500, 503])(
      'a webhook that the handler answers with %d is handled again',
      async (status) => {
        const answers = [{ status, text: 'Not now' }, handledAnswer];
        const site = await serve(framework, { handler: () => answers.shift() ?? handledAnswer });
        const callback = webhook();
        expect(await send(site, callback)).toMatchObject({ status, text: 'Not now' });
        expect(await send(site, callback)).toMatchObject(handledAnswer);
        expect(await send(site, callback)).toMatchObject({ status: 200 });
        expect(site.handled).toHaveLength(2);
      },
    );

    test("an error of the handler reaches the framework's error handler, and the next attempt is handled", async () => {
      const failure = new Error('The database is down.');
      const site = await serve(framework, {
        handler: () => {
          if (site.handled.length === 1) throw failure;
          return handledAnswer;
        },
      });
      const callback = webhook();
      expect(await send(site, callback)).toMatchObject(errorAnswer);
      expect(site.errors).toEqual([failure]);
      expect(await send(site, callback)).toMatchObject(handledAnswer);
    });

    test('a webhook is answered with 503 while the replay guard is unavailable, without a call of the handler', async () => {
      const site = await serve(framework, {
        verifier: verifierOf(guardThat({ claim: failToConnect })),
      });
      expect(await send(site, webhook())).toMatchObject(
        refused(503, 'ERR_REPLAY_GUARD_UNAVAILABLE'),
      );
      expect(site.handled).toEqual([]);
    });

    test('a response is sent only after the guard has confirmed the webhook', async () => {
      const { opened, open } = gate();
      const confirm = jest.fn(() => opened);
      const site = await serve(framework, { verifier: verifierOf(guardThat({ confirm })) });
      let isAnswered = false;
      const answer = send(site, webhook()).finally(() => (isAnswered = true));
      await until(() => confirm.mock.calls.length === 1);
      await wait(50);
      expect(isAnswered).toBe(false);
      open();
      expect(await answer).toMatchObject(handledAnswer);
    });

    test("a webhook that the guard cannot confirm is answered with 503 and nothing of the handler's response", async () => {
      const site = await serve(framework, {
        verifier: verifierOf(guardThat({ confirm: failToConnect })),
        handler: () => ({
          status: 201,
          text: 'x'.repeat(100),
          headers: {
            'content-type': 'text/html',
            'content-length': '100',
            'content-encoding': 'gzip',
            etag: '"1"',
            'set-cookie': 'a=1',
            'x-own': 'lost',
          },
        }),
      });
      const { headers, ...answer } = await send(site, webhook());
      expect(answer).toEqual(refused(503, 'ERR_REPLAY_GUARD_UNAVAILABLE'));
      expect(headers?.['content-type']).toMatch(/^application\/json/);
      const serverHeaders = [
        'connection',
        'content-length',
        'date',
        'keep-alive',
        'transfer-encoding',
      ];
      expect(['content-type', ...serverHeaders]).toEqual(
        expect.arrayContaining(Object.keys(headers ?? {})),
      );
      expect(site.handled).toHaveLength(1);
    });

    test('a guard that fails to release a webhook does not change the response', async () => {
      const site = await serve(framework, {
        verifier: verifierOf(guardThat({ release: failToConnect })),
        handler: () => ({ status: 404, text: 'No such number' }),
      });
      expect(await send(site, webhook())).toMatchObject({ status: 404, text: 'No such number' });
    });

    test('a webhook whose client has disconnected is confirmed', async () => {
      const { opened, open } = gate();
      const site = await serve(framework, { handler: () => opened.then(() => handledAnswer) });
      const callback = webhook();
      const { request } = sendHead(site, callback.headers);
      request.end(callback.rawBody);
      await until(() => site.handled.length === 1);
      request.destroy();
      await wait(50);
      open();
      let answer = await send(site, callback);
      while (answer.status === 503) answer = await send(site, callback);
      expect(answer).toMatchObject(refused(200, 'ERR_WEBHOOK_HANDLED'));
    });
  });
});

describe.each(Object.entries(frameworks).slice(0, 3))(
  'with %s, which uses node:http directly',
  (_name, framework) => {
    test('a refused sender may go on sending for a while, so that it receives the answer', async () => {
      const site = await serve(framework, { options: { limit: 1000 } });
      const rest = Buffer.alloc(10_000_000);
      const headers = { ...webhook().headers, 'content-length': String(rest.length) };
      const { socket, seen } = await begin(site, headers);
      await until(() => seen.received.includes('413'));
      await wait(100);
      expect(await new Promise((resolve) => socket.write(rest, resolve))).toBeNull();
      expect(seen.errors).toEqual([]);
      socket.destroy();
    });
  },
);
