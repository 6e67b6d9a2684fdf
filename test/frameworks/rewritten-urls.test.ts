// src/webhooks/receiver.ts: a server that moves a part of the path into the query before the adapter.
import { once } from 'node:events';
import { type IncomingMessage, request, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { json as readJson } from 'node:stream/consumers';
import express from 'express';
import fastify, { type FastifyPluginCallback } from 'fastify';
import * as forExpress from '../../src/frameworks/express';
import * as forFastify from '../../src/frameworks/fastify';
import * as forKoa from '../../src/frameworks/koa';
import { WebhookVerifier } from '../../src';
import { held } from '../support/account';
import { listen, sms, webhook } from './serving';
import type { KoaApp, KoaContext } from './shapes';

const load = createRequire(__filename);
const Koa = load('koa') as new () => KoaApp;

type Rewrite = (url: string) => string;
type Kind = 'verifyWebhook' | 'verifySmsCallback';

/** A server that rewrites each URL, and whose handler answers with the query that it sees. */
type Server = (rewrite: Rewrite, verify: Kind) => RequestListener | Promise<RequestListener>;

const verifier = new WebhookVerifier({ secrets: held.signatureSecret });

const byExpress =
  (create: typeof express): Server =>
  (rewrite, verify) => {
    const app = create();
    app.use((request, _response, next) => {
      request.url = rewrite(request.url);
      next();
    });
    app.use('/answer', forExpress[verify](verifier), (request, response) => {
      response.json(request.query);
    });
    return app;
  };

const byKoa: Server = (rewrite, verify) => {
  const app = new Koa();
  app.silent = true;
  app.use((context, next) => {
    const { req } = context as KoaContext & { req: { url?: string } };
    req.url = rewrite(String(req.url));
    return next();
  });
  app.use(forKoa[verify](verifier));
  app.use((context) => {
    context.body = { ...(context.query as object) };
    return Promise.resolve();
  });
  return app.callback();
};

const byFastify: Server = async (rewrite, verify) => {
  const app = fastify({ rewriteUrl: ({ url }) => rewrite(String(url)) });
  await app.register(forFastify[verify](verifier));
  app.all('/answer', ({ query }) => query);
  app.all('/answer/*', ({ query }) => query);
  await app.ready();
  return (request, response) => {
    app.routing(request, response);
  };
};

const servers: [string, Server][] = [
  ['Express', byExpress(express)],
  ['Express 4.17.3', byExpress(load('express-4-17') as typeof express)],
  ['Koa', byKoa],
  ['Fastify', byFastify],
];

/** The server's answer to a GET callback whose path is `path`. */
async function answerTo(listener: RequestListener, verify: Kind, path: string) {
  const site = await listen(listener);
  const callback =
    verify === 'verifyWebhook'
      ? webhook({ method: 'GET', body: undefined, query: { to: '447700900000', ref: '1' } })
      : sms();
  const { search } = new URL(callback.url, site.url);
  const { headers } = callback;
  const answer = await fetch(new URL(`${path}${search}`, site.url), { headers });
  return { status: answer.status, text: await answer.text(), signed: new URLSearchParams(search) };
}

describe.each(servers)('with %s', (_name, create) => {
  describe.each(['verifyWebhook', 'verifySmsCallback'] as const)('%s', (verify) => {
    test.each(['acme', 'acme&to=666'])(
      'a GET is an error if its path %s was moved into the query',
      async (tenant) => {
        const rewrite: Rewrite = (url) =>
          url.replace(/^\/t\/([^/?]+)\/answer\?/, '/answer?tenant=$1&');
        const listener = await create(rewrite, verify);
        expect(await answerTo(listener, verify, `/t/${tenant}/answer`)).toMatchObject({
          status: 500,
        });
      },
    );

    test('a GET is an error if its query was shortened', async () => {
      const listener = await create((url) => url.replace(/to=\d+&?/, ''), verify);
      expect(await answerTo(listener, verify, '/answer')).toMatchObject({ status: 500 });
    });

    test.each(['acme%23to=666', 'acme%23to=666&x=', 'acme%3Bto=666&x=', 'acme%20', 'acme%C3%A9'])(
      'a GET is an error if its path %s was decoded',
      async (tenant) => {
        const rewrite: Rewrite = (url) =>
          url.replace(
            /^\/t\/([^/?]+)\/answer/,
            (_url, name: string) => `/answer/${decodeURIComponent(name)}`,
          );
        const listener = await create(rewrite, verify);
        expect(await answerTo(listener, verify, `/t/${tenant}/answer`)).toMatchObject({
          status: 500,
        });
      },
    );

    test.each(['acme;to=666', 'acme%23to=666'])(
      'the path %s of a GET is not decoded, and no part of it reaches the handler',
      async (tenant) => {
        const rewrite: Rewrite = (url) => url.replace(/^\/t\/[^/?]+/, '');
        const listener = await create(rewrite, verify);
        const { status, text, signed } = await answerTo(listener, verify, `/t/${tenant}/answer`);
        if (status === 200) expect(JSON.parse(text)).toEqual(Object.fromEntries(signed));
        else expect(status).toBe(401);
      },
    );

    test('a GET does not reach the handler if a rewrite left no path', async () => {
      const listener = await create((url) => url.replace('/answer', ''), verify);
      const { status } = await answerTo(listener, verify, '/answer');
      expect(status).toBeGreaterThanOrEqual(400);
    });

    test('a GET whose target is an absolute URL is accepted', async () => {
      const site = await listen(await create((url) => url, verify));
      const callback =
        verify === 'verifyWebhook'
          ? webhook({ method: 'GET', body: undefined, query: { to: '447700900000' } })
          : sms();
      const { search } = new URL(callback.url, site.url);
      const path = `http://example.com/answer${search}`;
      const outgoing = request(site.url, { path, headers: callback.headers }).end();
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      expect(response.statusCode).toBe(200);
      expect(await readJson(response)).toEqual(Object.fromEntries(new URLSearchParams(search)));
    });

    test('a GET is accepted if its whole query was dropped', async () => {
      const listener = await create((url) => url.replace(/\?.*/, ''), verify);
      expect(await answerTo(listener, verify, '/answer')).toMatchObject({ status: 200 });
    });

    test('a GET is accepted if only its path was rewritten', async () => {
      const rewrite: Rewrite = (url) => url.replace(/^\/t\/[^/?]+/, '');
      const listener = await create(rewrite, verify);
      const { status, text, signed } = await answerTo(listener, verify, '/t/acme/answer');
      expect(status).toBe(200);
      expect(JSON.parse(text)).toEqual(Object.fromEntries(signed));
    });
  });
});

test.each(['é', '50%', '%41', 'a b'])(
  'with @fastify/express in the hook that docs/webhooks.md names, a GET with the text %j is accepted as it was signed',
  async (text) => {
    const app = fastify();
    const beside = load('@fastify/express') as FastifyPluginCallback<{ expressHook: string }>;
    await app.register(beside, { expressHook: 'preHandler' });
    await app.register(forFastify.verifySmsCallback(verifier));
    app.get('/answer', ({ query }) => query);
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    const callback = sms({ url: '/answer', params: { text } });
    const answer = await fetch(origin + callback.url);
    expect(await answer.json()).toMatchObject({ text });
    await app.close();
  },
);
