import { EventEmitter, once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import fastify50 from 'fastify-5-0';
import { verifySmsCallback, verifyWebhook } from '../../src/frameworks/fastify';
import { lingeringClose } from '../../src/frameworks/node';
import type { SignedCallback } from '../../src/testing';
import {
  failToConnect,
  guardThat,
  recordingGuard,
  send,
  sms,
  until,
  verifierOf,
  webhook,
} from './serving';

let app: FastifyInstance;
beforeEach(() => {
  app = fastify();
});
afterEach(() => app.close());

/** Sends a callback and gives the status and the text of the answer. */
async function answerTo(callback: SignedCallback) {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
  const { status, text } = await send(
    { url: new URL(callback.url, app.listeningOrigin).href },
    callback,
  );
  return [status, text];
}

test('the plugin applies to the routes of its scope and of inner scopes, and to no others', async () => {
  await app.register(async (scope) => {
    await scope.register(verifyWebhook(verifierOf()));
    scope.post('/webhooks', ({ webhook }) => Promise.resolve(typeof webhook));
    await scope.register((inner) => {
      inner.post('/inner', ({ webhook }) => Promise.resolve(typeof webhook));
      return Promise.resolve();
    });
  });
  app.post('/elsewhere', ({ webhook }) => Promise.resolve(typeof webhook));
  const unsigned = { ...webhook(), headers: { 'content-type': 'application/json' } };
  const statuses: unknown[] = [];
  for (const url of ['/webhooks', '/inner', '/elsewhere']) {
    statuses.push((await answerTo({ ...unsigned, url }))[0]);
  }
  expect(statuses).toEqual([503, 503, 200]);
  expect(await answerTo(webhook({ url: '/inner' }))).toEqual([200, 'object']);
  expect(await answerTo(webhook({ url: '/elsewhere' }))).toEqual([200, 'undefined']);
});

test('the plugin may be registered for a whole application', async () => {
  await app.register(verifyWebhook(verifierOf()));
  app.get('/webhooks', ({ webhook }) => Promise.resolve(webhook?.claims.iss));
  expect(await answerTo(webhook({ method: 'GET', body: undefined }))).toEqual([200, 'Vonage']);
  expect(await answerTo({ ...webhook({ method: 'GET', body: undefined }), headers: {} })).toEqual([
    503,
    '{"code":"ERR_WEBHOOK_UNSIGNED"}',
  ]);
});

test('Fastify does not start with the plugin twice on a path: the second would take every webhook for a copy', async () => {
  await app.register(verifyWebhook(verifierOf()));
  await expect(
    app.register(async (scope) => {
      await scope.register(verifyWebhook(verifierOf()));
    }),
  ).rejects.toMatchObject({ code: 'FST_ERR_DEC_ALREADY_PRESENT' });
});

test('Fastify does not start with both plugins in one scope, where each would refuse the callbacks of the other', async () => {
  await app.register(verifyWebhook(verifierOf()));
  await expect(app.register(verifySmsCallback(verifierOf()))).rejects.toMatchObject({
    code: 'FST_ERR_DEC_ALREADY_PRESENT',
  });
});

test('forms are read by the parser of the scope, if it has one', async () => {
  const form = 'application/x-www-form-urlencoded';
  app.addContentTypeParser(form, { parseAs: 'string' }, (_request, body, done) => {
    done(null, { length: body.length });
  });
  await app.register(verifySmsCallback(verifierOf()));
  app.post('/webhooks', ({ body }) => Promise.resolve(body));
  const callback = sms({ as: 'form' });
  expect(await answerTo(callback)).toEqual([200, `{"length":${callback.rawBody.length}}`]);
});

test("the replay guard releases a webhook that Fastify's own parsers refuse", async () => {
  const release = jest.fn(() => Promise.resolve());
  await app.register(verifyWebhook(verifierOf(guardThat({ release }))));
  app.post('/webhooks', { bodyLimit: 10 }, () => Promise.resolve('Handled'));
  expect(await answerTo(webhook())).toEqual([413, expect.stringContaining('FST_ERR_CTP')]);
  expect(await answerTo(webhook({ body: '{' }))).toEqual([400, expect.any(String)]);
  expect(await answerTo(webhook({ body: '?', contentType: 'image/png' }))).toEqual([
    415,
    expect.any(String),
  ]);
  expect(release).toHaveBeenCalledTimes(3);
});

test('if the replay guard cannot confirm a webhook, the stream of its response is destroyed', async () => {
  const stream = new Readable({ read: () => undefined });
  await app.register(verifyWebhook(verifierOf(guardThat({ confirm: failToConnect }))));
  app.post('/webhooks', (_request, reply) => reply.header('content-length', 7).send(stream));
  const closed = once(stream, 'close');
  expect(await answerTo(webhook())).toEqual([503, '{"code":"ERR_REPLAY_GUARD_UNAVAILABLE"}']);
  await closed;
});

test('the replay guard does not release a confirmed webhook, even if a later hook fails and another response is sent', async () => {
  const [confirm, release] = [jest.fn(() => Promise.resolve()), jest.fn(() => Promise.resolve())];
  await app.register(verifyWebhook(verifierOf(guardThat({ confirm, release }))));
  let calls = 0;
  app.addHook('onSend', (_request, _reply, payload) => {
    calls += 1;
    return calls === 1 ? Promise.reject(new Error('No')) : Promise.resolve(payload);
  });
  app.post('/webhooks', () => Promise.resolve('Handled'));
  expect(await answerTo(webhook())).toEqual([500, expect.any(String)]);
  expect([confirm, release].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
});

test('the status of a Response decides whether the replay guard confirms or releases the webhook', async () => {
  const [confirm, release] = [jest.fn(() => Promise.resolve()), jest.fn(() => Promise.resolve())];
  await app.register(verifyWebhook(verifierOf(guardThat({ confirm, release }))));
  const answers = [new Response('Not now', { status: 503 }), new Response('Handled')];
  app.post('/webhooks', (_request, reply) =>
    reply.code(204 + answers.length).send(answers.shift()),
  );
  const callback = webhook();
  expect(await answerTo(callback)).toEqual([503, 'Not now']);
  expect([confirm, release].map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
  expect(await answerTo(webhook())).toEqual([200, 'Handled']);
  expect([confirm, release].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
});

test.each<[string, (body: ReadableStream) => unknown]>([
  ['a web stream', (body) => body],
  ['a Response', (body) => new Response(body, { headers: { 'x-own': 'lost' } })],
])(
  '%s that is not sent, since the webhook cannot be confirmed, is cancelled',
  async (_what, of) => {
    const cancel = jest.fn();
    await app.register(verifyWebhook(verifierOf(guardThat({ confirm: failToConnect }))));
    app.post('/webhooks', (_request, reply) => reply.send(of(new ReadableStream({ cancel }))));
    expect(await answerTo(webhook())).toEqual([503, '{"code":"ERR_REPLAY_GUARD_UNAVAILABLE"}']);
    await wait(0);
    expect(cancel).toHaveBeenCalledTimes(1);
  },
);

test.each<[string, (reply: FastifyReply) => unknown]>([
  ['reply.hijack()', (reply) => reply.hijack().raw.end('Handled')],
  ['reply.raw.end()', (reply) => reply.raw.end('Handled')],
])('after %s, the guard neither confirms nor releases the webhook', async (_how, answer) => {
  const [confirm, release] = [jest.fn(() => Promise.resolve()), jest.fn(() => Promise.resolve())];
  await app.register(verifyWebhook(verifierOf(guardThat({ confirm, release }))));
  app.post('/webhooks', (_request, reply) => void answer(reply));
  const callback = webhook();
  expect(await answerTo(callback)).toEqual([200, 'Handled']);
  expect(await answerTo(callback)).toEqual([503, '{"code":"ERR_WEBHOOK_PENDING"}']);
  expect([confirm, release].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
});

describe('if the sender leaves while the handler runs', () => {
  /** Leaves when the handler emits `run`. */
  async function sendAndLeave(handler: EventEmitter): Promise<void> {
    const origin = await app.listen({ host: '127.0.0.1', port: 0 });
    const { url, headers, rawBody } = webhook();
    const sending = request(new URL(url, origin), { method: 'POST', headers });
    sending.on('error', () => undefined).end(rawBody);
    await once(handler, 'run');
    sending.destroy();
  }

  const versions: [string, () => FastifyInstance][] = [
    ['Fastify', () => fastify()],
    ['Fastify 5.0', () => fastify50() as unknown as FastifyInstance],
  ];
  const handlers: [string, number, (reply: FastifyReply) => unknown][] = [
    ['text', 200, () => 'Handled'],
    ['null', 200, () => null],
    ['reply.send()', 200, (reply) => reply.send()],
    ['a Response', 503, () => new Response('', { status: 503 })],
    ['an error', 500, () => Promise.reject(new Error('handler'))],
  ];
  const cases = versions.flatMap(([name, create]) =>
    handlers.map(([how, status, answer]) => [name, how, status, create, answer] as const),
  );
  const late = (reply: FastifyReply) => {
    setImmediate(() => void reply.code(500).send());
    return reply;
  };

  test.each([...cases, ['Fastify', 'the reply, and sends it later', 500, fastify, late] as const])(
    'the status still counts: %s, an asynchronous handler that gives %s (%i)',
    async (_name, _how, status, create, answer) => {
      const { guard, events } = recordingGuard();
      app = create();
      // An asynchronous hook between the handler's answer and the hook of the adapter.
      app.addHook('onSend', (_request, _reply, payload) => Promise.resolve(payload));
      await app.register(verifyWebhook(verifierOf(guard)));
      const running = new EventEmitter();
      app.post('/webhooks', async (_request, reply) => {
        running.emit('run');
        await once(reply.raw, 'close');
        return answer(reply);
      });
      await sendAndLeave(running);
      await until(() => events.length > 0);
      expect(events).toEqual([status < 400 ? 'confirm' : 'release']);
    },
  );

  test('a handler that returns nothing neither confirms nor releases the webhook, since Fastify sends no response', async () => {
    const settle = jest.fn(() => Promise.resolve());
    await app.register(verifyWebhook(verifierOf(guardThat({ confirm: settle, release: settle }))));
    const running = new EventEmitter();
    app.post('/webhooks', async (_request, reply) => {
      running.emit('run');
      await once(reply.raw, 'close');
      setImmediate(() => running.emit('end'));
    });
    await sendAndLeave(running);
    await once(running, 'end');
    expect(settle).not.toHaveBeenCalled();
  });
});

test('a refused HEAD with an unread body is answered', async () => {
  await app.register(verifyWebhook(verifierOf()));
  app.get('/webhooks', () => Promise.resolve('Handled'));
  const url = new URL('/webhooks', await app.listen({ host: '127.0.0.1', port: 0 }));
  const sending = request(url, { method: 'HEAD', headers: { 'content-length': '2' } });
  sending.flushHeaders();
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  expect(answer).toMatchObject({ statusCode: 401, headers: { connection: 'close' } });
  sending.destroy();
});

test('the connection of a request by app.inject(), which has no socket, is not closed', () => {
  const end = jest.fn();
  const response = { end, setHeader: jest.fn() };
  lingeringClose({ httpVersionMajor: 1 } as never, response as never);
  response.end(null);
  expect(end).toHaveBeenCalledWith(null);
  expect(response.setHeader).not.toHaveBeenCalled();
});

test.each([
  ['verifyWebhook', verifyWebhook, webhook()],
  ['verifySmsCallback', verifySmsCallback, sms()],
])(
  'with %s, a body that an earlier hook cannot inflate does not end the process',
  async (_name, verify, callback) => {
    const uncaught = jest.fn();
    process.on('uncaughtException', uncaught);
    app.addHook('preParsing', (_request, _reply, payload) =>
      Promise.resolve(payload.pipe(createGunzip())),
    );
    await app.register(async (scope) => {
      await scope.register(verify(verifierOf()));
      scope.post('/webhooks', () => Promise.resolve('handled'));
    });
    const { authorization: _token, ...headers } = callback.headers;
    const damaged = {
      ...callback,
      url: '/webhooks',
      method: 'POST',
      rawBody: Buffer.from('no gzip'),
    };
    for (const each of [headers, callback.headers]) {
      const [status] = await answerTo({ ...damaged, headers: { ...each, 'content-length': '7' } });
      expect(status).toBeGreaterThanOrEqual(400);
    }
    process.off('uncaughtException', uncaught);
    expect(uncaught).not.toHaveBeenCalled();
  },
);
