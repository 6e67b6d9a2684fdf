// src/frameworks/express.ts and koa.ts: a body parser behind the adapter does not wait for a body that was read.
import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import newestExpress from 'express';
import * as forExpress from '../../src/frameworks/express';
import * as forKoa from '../../src/frameworks/koa';
import { listen, sendWithBody, sms, verifierOf, webhook } from './serving';
import type { KoaApp, KoaContext, Next } from './shapes';

const load = createRequire(__filename);
const koaBodyParser = load('koa-bodyparser') as () => (context: KoaContext, next: Next) => unknown;

const byExpress = (express: typeof newestExpress) => (): RequestListener =>
  express()
    .use('/sms', forExpress.verifySmsCallback(verifierOf()))
    .use('/webhooks', forExpress.verifyWebhook(verifierOf()))
    .use(express.json(), express.urlencoded({ extended: false }), express.text(), express.raw())
    .use((request, response) => void response.json({ body: request.body as unknown }));

const byKoa = (Koa: new () => KoaApp) => (): RequestListener => {
  const app = new Koa();
  app.silent = true;
  const verify = {
    '/sms': forKoa.verifySmsCallback(verifierOf()),
    '/webhooks': forKoa.verifyWebhook(verifierOf()),
  };
  app.use((context, next) => verify[context.path as keyof typeof verify](context, next));
  app.use(koaBodyParser());
  app.use((context) => {
    context.body = { body: context.request.body };
  });
  return app.callback();
};

const hosts: [string, () => RequestListener][] = [
  ['Express', byExpress(newestExpress)],
  ['Express 4.17.3', byExpress(load('express-4-17') as typeof newestExpress)],
  ['Koa', byKoa(load('koa') as new () => KoaApp)],
  ['Koa 2.13', byKoa(load('koa-2-13') as new () => KoaApp)],
];
const callbacks = {
  'an SMS by GET': () => sms({ as: 'query', url: '/sms' }),
  'a webhook by GET': () => webhook({ method: 'GET', body: undefined, query: { to: '1' } }),
  'a webhook by POST': () => webhook({ body: '' }),
};
const types = ['application/json', 'application/x-www-form-urlencoded', 'text/plain'];
const announcements = [{}, { 'content-length': '0' }, { 'transfer-encoding': 'chunked' }];

describe.each(hosts)('with %s, an empty body', (_name, host) => {
  test.each(
    Object.entries(callbacks).flatMap(([kind, make]) =>
      types.flatMap((type) =>
        announcements
          // A GET with chunks is refused.
          .filter((each) => kind.endsWith('POST') || !('transfer-encoding' in each))
          .map((announcement) => [kind, type, announcement, make] as const),
      ),
    ),
  )('of %s with the type %s and %j is empty for the handler', async (_kind, type, header, make) => {
    const { origin } = new URL((await listen(host())).url);
    const { 'content-length': _, ...headers } = make().headers;
    const callback = { ...make(), headers: { ...headers, 'content-type': type, ...header } };
    const { pathname } = new URL(callback.url, origin);
    const answer = await sendWithBody({ url: `${origin}${pathname}` }, callback, '');
    expect(answer).toMatchObject({ status: 200, text: '{"body":{}}' });
  });

  test('that no header announces is left to the parsers', async () => {
    const { origin } = new URL((await listen(host())).url);
    const callback = callbacks['a webhook by GET']();
    const answer = await sendWithBody({ url: `${origin}/webhooks` }, callback, '');
    expect(answer).toMatchObject({ status: 200 });
    expect(['{}', '{"body":{}}']).toContain(answer.text);
  });
});
