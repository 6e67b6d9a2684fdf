import { getEventListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { AxiosRequestConfig } from 'axios';
import { abortable } from '../../support/abortable';
import { byHttp, forEach, topic, type World } from './behaviour';
import { outcome } from './outcome';

type Cancel = { config: AxiosRequestConfig; cancel: () => void };

const ways: Record<string, (world: World) => Cancel> = {
  signal: () => {
    const controller = new AbortController();
    return {
      config: { signal: controller.signal },
      cancel: () => {
        controller.abort();
      },
    };
  },
  'signal with a reason': () => {
    const controller = new AbortController();
    return {
      config: { signal: controller.signal },
      cancel: () => {
        controller.abort(new Error('enough'));
      },
    };
  },
  cancelToken: ({ library }) => {
    const { token, cancel } = library.CancelToken.source();
    return { config: { cancelToken: token }, cancel };
  },
  'cancelToken with a message': ({ library }) => {
    const { token, cancel } = library.CancelToken.source();
    return {
      config: { cancelToken: token },
      cancel: () => {
        cancel('enough');
      },
    };
  },
  'cancelToken beside a signal': ({ library }) => {
    const { token, cancel } = library.CancelToken.source();
    return { config: { cancelToken: token, signal: new AbortController().signal }, cancel };
  },
  'signal beside a cancelToken': ({ library }) => {
    const controller = new AbortController();
    return {
      config: { cancelToken: library.CancelToken.source().token, signal: controller.signal },
      cancel: () => {
        controller.abort();
      },
    };
  },
};

export const cancellation = topic(
  forEach(ways, 'an abort by %s before the request', (way) => async (world) => {
    const { config, cancel } = way(world);
    cancel();
    return [await outcome(world.create().get('/text', config)), world.server.received];
  }),
  forEach(ways, 'an abort by %s before the response', (way) => async (world) => {
    const { config, cancel } = way(world);
    const sent = outcome(world.create().get('/hang', config));
    await world.server.arrived('/hang');
    cancel();
    const seen = await sent;
    await world.server.closed('/hang');
    return seen;
  }),
  forEach(ways, 'an abort by %s during the response', (way) => async (world) => {
    const { config, cancel } = way(world);
    const sent = outcome(world.create().get('/stall', config));
    await world.server.arrived('/stall');
    await wait(20);
    cancel();
    const seen = await sent;
    await world.server.closed('/stall');
    return seen;
  }),
  forEach(ways, 'an abort by %s after the response', (way) => async (world) => {
    const { config, cancel } = way(world);
    const seen = await outcome(world.create().get('/text', config));
    cancel();
    return seen;
  }),
  forEach(ways, 'an abort by %s in an interceptor', (way) => async (world) => {
    const { config, cancel } = way(world);
    const http = world.create();
    http.interceptors.request.use((given) => {
      cancel();
      return given;
    });
    return [await outcome(http.get('/text', config)), world.server.received];
  }),
  forEach(ways, 'an abort by %s while a body is sent', (way) => async (world) => {
    const { config, cancel } = way(world);
    const sent = outcome(world.create().post('/drain', 'x'.repeat(10_000), config));
    await world.server.arrived('/drain');
    cancel();
    return sent;
  }),
  {
    'the class of the error, also by isCancel,': async ({ create, library, server }) => {
      const controller = new AbortController();
      const sent = create()
        .get('/hang', { signal: controller.signal })
        .catch((error: unknown) => error);
      await server.arrived('/hang');
      controller.abort();
      const error = await sent;
      return [library.isCancel(error), error instanceof library.CanceledError];
    },

    'an abort of one of two requests': async ({ create, server }) => {
      const http = create();
      const controller = new AbortController();
      const sent = outcome(http.get('/hang', { signal: controller.signal }));
      await server.arrived('/hang');
      const other = outcome(http.get('/text'));
      controller.abort();
      return Promise.all([sent, other]);
    },

    'an abort of two concurrent requests': async ({ create, server }) => {
      const http = create();
      const { signal, abort } = abortable();
      const sent = ['/hang/1', '/hang/2'].map((url) => outcome(http.get(url, { signal })));
      await Promise.all([server.arrived('/hang/1'), server.arrived('/hang/2')]);
      abort();
      return Promise.all(sent);
    },

    'a signal by AbortSignal.timeout': async ({ create }) =>
      outcome(create().get('/hang', { signal: AbortSignal.timeout(60) })),

    'a signal of the instance': async ({ create, server }) => {
      const { signal, abort } = abortable();
      const sent = outcome(create({ signal }).get('/hang'));
      await server.arrived('/hang');
      abort();
      return sent;
    },

    'the number of listeners of a signal': byHttp(async ({ create }) => {
      const { signal } = abortable();
      const http = create({ signal });
      await http.get('/text');
      await http.get('/status/500').catch(() => undefined);
      return getEventListeners(signal, 'abort').length;
    }),

    'the number of listeners of a token': byHttp(async ({ create, library }) => {
      const { token } = library.CancelToken.source();
      await create().get('/text', { cancelToken: token });
      return (token as unknown as { _listeners?: unknown[] })._listeners?.length;
    }),

    'the error of token.throwIfRequested': ({ library }) => {
      const { token, cancel } = library.CancelToken.source();
      cancel('enough');
      try {
        token.throwIfRequested();
      } catch (error) {
        return (error as Error).message;
      }
      return undefined;
    },
  },
);
