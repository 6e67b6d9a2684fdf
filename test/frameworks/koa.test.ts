import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, createServer } from 'node:http2';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { verifySmsCallback, verifyWebhook } from '../../src/frameworks/koa';
import type { SignedCallback } from '../../src/testing';
import { inbound } from '../support/webhooks';
import { failToConnect, guardThat, listen, send, sms, verifierOf, webhook } from './serving';
import type { KoaApp, KoaContext, Next } from './shapes';

const load = createRequire(__filename);
const Koa = load('koa') as new () => KoaApp;
const koaBodyParser = load('koa-bodyparser') as () => (context: KoaContext, next: Next) => unknown;

test('koa-bodyparser may come before the verification, since it keeps the text', async () => {
  const app = new Koa().use(koaBodyParser()).use(verifyWebhook(verifierOf()));
  const site = await listen(app.use((context) => (context.body = context.request.body)).callback());
  const { status, text } = await send(site, webhook());
  expect([status, JSON.parse(text)]).toEqual([200, JSON.parse(inbound)]);
  const changed = { ...webhook(), rawBody: Buffer.from('{}') };
  expect(await send(site, changed)).toMatchObject({ status: 401 });
});

test('koa-bodyparser may come after the verification', async () => {
  const app = new Koa().use(verifySmsCallback(verifierOf())).use(koaBodyParser());
  const site = await listen(app.use((context) => (context.body = context.request.body)).callback());
  const callback = sms({ as: 'form' });
  const { status, text } = await send(site, callback);
  expect([status, JSON.parse(text)]).toEqual([200, callback.params]);
});

test('a webhook to which the handler sets no response can be sent again', async () => {
  const site = await listen(new Koa().use(verifyWebhook(verifierOf())).callback());
  const callback = webhook();
  expect(await send(site, callback)).toMatchObject({ status: 404 });
  expect(await send(site, callback)).toMatchObject({ status: 404 });
});

test('a refused HEAD with an unread body is answered', async () => {
  const site = await listen(new Koa().use(verifyWebhook(verifierOf())).callback());
  const sending = request(site.url, { method: 'HEAD', headers: { 'content-length': '2' } });
  sending.flushHeaders();
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  expect(answer).toMatchObject({ statusCode: 401, headers: { connection: 'close' } });
  sending.destroy();
});

test('the middleware works with HTTP/2, where a refusal needs no lingering close', async () => {
  const app = new Koa().use(verifyWebhook(verifierOf()));
  app.use((context) => (context.body = 'Handled'));
  const server = createServer(app.callback() as never).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  async function answerTo({ headers, rawBody }: SignedCallback, isWhole: boolean) {
    const stream = session.request({ ...headers, ':method': 'POST', ':path': '/webhooks' });
    if (isWhole) stream.end(rawBody);
    const [answer] = (await once(stream, 'response')) as [Record<string, unknown>];
    return [answer[':status'], Buffer.concat(await stream.toArray()).toString()];
  }
  expect(await answerTo(webhook(), true)).toEqual([200, 'Handled']);
  const timeout = jest.spyOn(AbortSignal, 'timeout');
  const refusal = await answerTo(webhook({ secret: 'Not-the-secret' }), false);
  expect(refusal).toEqual([401, '{"code":"ERR_WEBHOOK_SIGNATURE"}']);
  expect(timeout).not.toHaveBeenCalled();
  timeout.mockRestore();
  session.destroy();
  server.close();
  await once(server, 'close');
});

test('after context.respond = false, the replay guard neither confirms nor releases the webhook', async () => {
  const [confirm, release] = [jest.fn(() => Promise.resolve()), jest.fn(() => Promise.resolve())];
  const app = new Koa().use(verifyWebhook(verifierOf(guardThat({ confirm, release }))));
  app.use((context) => {
    Object.assign(context, { respond: false });
    setTimeout(() => context.res.writeHead(200).end('Handled'), 20);
  });
  const site = await listen(app.callback());
  const callback = webhook();
  expect(await send(site, callback)).toMatchObject({ status: 200, text: 'Handled' });
  expect([confirm, release].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
});

test('the replay guard releases a webhook whose handler fails after context.respond = false', async () => {
  const release = jest.fn(() => Promise.resolve());
  const app = new Koa().use(verifyWebhook(verifierOf(guardThat({ release }))));
  app.silent = true;
  app.use((context) => {
    Object.assign(context, { respond: false });
    throw new Error('No');
  });
  expect(await send(await listen(app.callback()), webhook())).toMatchObject({ status: 500 });
  expect(release).toHaveBeenCalledTimes(1);
});

test('if the replay guard cannot confirm a webhook after a part of its response was sent, the connection is destroyed', async () => {
  const app = new Koa().use(verifyWebhook(verifierOf(guardThat({ confirm: failToConnect }))));
  app.use((context) => {
    context.status = 200;
    context.res.write('Han');
  });
  await expect(send(await listen(app.callback()), webhook())).rejects.toThrow(
    /^(fetch failed|terminated)$/,
  );
});

test('mounting the middleware twice on a path is an error of the application', async () => {
  const errors: unknown[] = [];
  const app = new Koa().use(async (context, next) => {
    await next().catch((error: unknown) => {
      errors.push(error);
      context.status = 500;
    });
  });
  app.use(verifyWebhook(verifierOf())).use(verifyWebhook(verifierOf()));
  expect(await send(await listen(app.callback()), webhook())).toMatchObject({ status: 500 });
  expect(errors).toMatchObject([{ code: 'ERR_INVALID_OPTION' }]);
});
