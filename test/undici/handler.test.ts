// The handler protocols of undici, with a dispatcher of the test in place of the network.
import * as undici from 'undici';
import { AuthInjector, Credentials } from '../../src';
import type { Controller, Handler, LegacyHandler } from '../../src/undici/handler';
import { authInterceptor } from '../../src/undici/interceptor';
import { held } from '../support/account';
import { startServer } from '../support/server';

const options = { origin: 'https://rest.nexmo.com', path: '/account/get-balance', method: 'GET' };
const auth = new AuthInjector(new Credentials(held), { prefer: ['basic'] });
type Dispatch = (options: object, handler: Required<Handler> & Required<LegacyHandler>) => boolean;

const controllerWith = (calls: string[]): Controller => ({
  aborted: false,
  reason: null,
  paused: false,
  abort: (reason) => calls.push(`abort ${String(reason)}`),
  pause: () => calls.push('pause'),
  resume: () => calls.push('resume'),
});

/** Dispatches a request to a handler. Resolves to the arguments of the handler's method that `end` names. */
async function exchange(
  dispatch: Dispatch,
  handler: Handler | LegacyHandler,
  end: 'onResponseEnd' | 'onResponseError' | 'onComplete' | 'onError',
): Promise<unknown[]> {
  return new Promise((resolve) => {
    const known = handler as Record<string, (...args: unknown[]) => void>;
    const original = known[end];
    known[end] = (...args) => {
      original?.apply(handler, args);
      resolve(args);
    };
    authInterceptor(auth)(dispatch)(options, handler as never);
  });
}

const answer: Dispatch = (_options, handler) => {
  const controller = controllerWith([]);
  handler.onRequestStart(controller, { own: 'context' });
  handler.onResponseStarted();
  handler.onResponseStart(controller, 200, { one: 'a', two: ['b', 'c'], none: undefined });
  handler.onResponseData(controller, Buffer.from('ok'));
  handler.onResponseEnd(controller, { end: 'd' });
  return true;
};

test('a handler of undici 6 gets headers and trailers as bytes', async () => {
  const seen: unknown[] = [];
  const handler: LegacyHandler = {
    onConnect: () => seen.push('connect'),
    onResponseStarted: () => seen.push('started'),
    onHeaders: (status, raw) => seen.push(status, raw.map(String)),
    onData: (chunk) => seen.push(String(chunk)),
    onComplete: (raw) => seen.push(raw?.map(String)),
  };
  await exchange(answer, handler, 'onComplete');
  expect(seen).toEqual([
    ...['connect', 'connect', 'started', 200, ['one', 'a', 'two', 'b', 'two', 'c'], 'ok'],
    ['end', 'd'],
  ]);
});

test('a handler that lacks most methods is still told of the end or the upgrade', async () => {
  await exchange(answer, { onRequestStart: () => undefined }, 'onResponseEnd');
  await exchange(answer, {}, 'onComplete');
  const upgrade: Dispatch = (_options, handler) => {
    const controller = controllerWith([]);
    handler.onRequestStart(controller, undefined);
    handler.onRequestUpgrade(controller, 101, {}, {});
    return true;
  };
  const upgraded = new Promise<unknown[]>((resolve) => {
    const handler: LegacyHandler = {
      onUpgrade: (...args) => {
        resolve(args);
      },
    };
    authInterceptor(auth)(upgrade)(options, handler as never);
  });
  expect(await upgraded).toEqual([101, [], {}]);
  authInterceptor(auth)(upgrade)(options, {} as never);
  authInterceptor(auth)(upgrade)(options, { onRequestStart: () => undefined } as never);
});

test('a dispatcher of undici 6 is told to abort once, and its text headers are redacted', async () => {
  const calls: unknown[] = [];
  const secret = btoa(`${held.apiKey}:${held.apiSecret}`);
  const dispatch: Dispatch = (_options, handler) => {
    handler.onConnect((reason) => calls.push(String(reason)));
    handler.onHeaders(
      200,
      ['X-Echo', secret, `X-${held.apiSecret}`, '1'],
      () => calls.push('resume'),
      'OK',
    );
    handler.onComplete(null);
    return true;
  };
  const handler: Handler = {
    onRequestStart: (controller, context) => {
      calls.push(context);
      controller.pause();
      controller.resume();
    },
    onResponseStart: (controller, _status, headers) => {
      calls.push(headers, controller.rawHeaders);
    },
  };
  const [, trailers] = await exchange(dispatch, handler, 'onResponseEnd');
  expect(trailers).toEqual({});
  const shown = [
    { 'x-echo': '[redacted]', 'x-redacted': '1' },
    ['X-Echo', '[redacted]', 'X-redacted', '1'],
  ];
  expect(calls).toEqual([undefined, undefined, ...shown]);

  const aborting: Dispatch = (_options, inner) => {
    inner.onConnect((reason) => {
      calls.push(String(reason));
      inner.onError(reason as Error);
    });
    return true;
  };
  calls.length = 0;
  let starts = 0;
  const impatient: Handler = {
    onRequestStart: (controller) => {
      starts += 1;
      if (starts > 1) for (const text of ['a', 'b']) controller.abort(new Error(text));
    },
  };
  const [, error] = await exchange(aborting, impatient, 'onResponseError');
  expect(String(error)).toBe('Error: a');
  expect(calls).toEqual(['Error: a']);
});

test('the context of an inner interceptor reaches the handler', async () => {
  const contexts: unknown[] = [];
  const handler: Handler = { onRequestStart: (_controller, context) => contexts.push(context) };
  await exchange(answer, handler, 'onResponseEnd');
  expect(contexts).toEqual([undefined, { own: 'context' }]);
});

test('a handler that pauses gets the rest when it resumes, and its controller tells the state', async () => {
  const calls: string[] = [];
  const controller = controllerWith(calls);
  let sendRest: (() => void) | undefined;
  const dispatch: Dispatch = (_options, handler) => {
    handler.onRequestStart(controller, undefined);
    handler.onResponseStart(controller, 200, {});
    for (const text of ['a', 'b']) handler.onResponseData(controller, Buffer.from(text));
    sendRest = () => {
      for (const text of ['c', 'd']) handler.onResponseData(controller, Buffer.from(text));
      handler.onResponseEnd(controller, {});
    };
    return true;
  };
  const chunks: string[] = [];
  const handler: Handler = {
    onRequestStart: () => undefined,
    onResponseData: (own, chunk) => {
      chunks.push(String(chunk));
      if (chunks.length > 1) return;
      own.pause();
      expect([own.paused, own.aborted, own.reason]).toEqual([true, false, null]);
      setImmediate(() => {
        sendRest?.();
        expect(chunks).toEqual(['ab']);
        own.resume();
      });
    },
  };
  const [own] = (await exchange(dispatch, handler, 'onResponseEnd')) as [Controller];
  expect(chunks).toEqual(['ab', 'c', 'd']);
  expect(calls).toEqual(['pause', 'resume']);
  own.abort(new Error('too late'));
  expect([own.paused, own.aborted]).toEqual([false, false]);
});

test('an abort before the connection is made is passed on when the connection is made, with a default reason', async () => {
  const calls: string[] = [];
  let own: Controller | undefined;
  const connect = await new Promise<() => void>((resolve) => {
    const dispatch: Dispatch = (_options, handler) => {
      resolve(() => {
        handler.onRequestStart(controllerWith(calls), undefined);
        handler.onResponseError(controllerWith([]), new Error('late'));
      });
      return true;
    };
    const handler: Handler = {
      onRequestStart: (controller) => (own = controller),
      onResponseError: (_controller, error) => calls.push(`error ${error.name}`),
    };
    authInterceptor(auth)(dispatch)(options, handler as never);
  });
  own?.abort();
  own?.abort(new Error('again'));
  expect([own?.aborted, String(own?.reason)]).toEqual([true, expect.stringMatching(/^AbortError/)]);
  connect();
  expect(calls).toEqual(['error AbortError', expect.stringMatching(/^abort AbortError/)]);
});

test('what a handler throws ends the request, and becomes the error of the request', async () => {
  const calls: string[] = [];
  const dispatch: Dispatch = (_options, handler) => {
    const controller = controllerWith(calls);
    handler.onRequestStart(controller, undefined);
    handler.onResponseStart(controller, 200, {});
    handler.onResponseEnd(controller, {});
    return true;
  };
  const handler: Handler = {
    onRequestStart: () => undefined,
    onResponseStart: () => {
      throw new Error('thrown');
    },
  };
  const [, error] = await exchange(dispatch, handler, 'onResponseError');
  expect(String(error)).toBe('Error: thrown');
  expect(calls).toContain('abort Error: thrown');
});

test('what the dispatcher throws becomes the error of the request, without secrets', async () => {
  const dispatch: Dispatch = ({ headers }: { headers?: Record<string, string> }) => {
    throw new Error(`not sent: ${headers?.['Authorization']}`);
  };
  const handler = { onRequestStart: () => undefined };
  const [, error] = await exchange(dispatch, handler, 'onResponseError');
  expect(String(error)).toBe('Error: not sent: Basic [redacted]');
});

test('the headers in an error of an inner interceptor are redacted', async () => {
  const server = await startServer((request, response) => {
    response.writeHead(503, { link: String(request.url) }).end('{}');
  });
  const products = [{ name: 'own', urls: [server.origin], schemes: ['query'] as ['query'] }];
  const own = new AuthInjector(new Credentials(held), { products });
  const { responseError } = undici.interceptors;
  const dispatcher = new undici.Agent().compose(responseError(), authInterceptor(own));
  const sent = undici.request(`${server.origin}/a`, { dispatcher });
  await expect(sent).rejects.toMatchObject({
    statusCode: 503,
    headers: { link: `/a?api_key=${held.apiKey}&api_secret=[redacted]` },
  });
  await dispatcher.close();
  await server.close();
});
