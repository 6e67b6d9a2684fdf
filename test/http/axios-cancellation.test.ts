import { getEventListeners } from 'node:events';
import { attachAuth, AuthInjector, type Credentials } from '../../src';
import { endingOf } from '../../src/http/axios-cancellation';
import { abortable } from '../support/abortable';
import { axiosClients } from '../support/axios-clients';

/** A provider that never answers. */
const pending = () => new Promise<Credentials>(() => undefined);
const auth = new AuthInjector(pending, {
  products: [{ name: 'api', urls: ['https://api.test'], schemes: ['query'] }],
});

describe.each(axiosClients)('a request of %s ends during a provider call', (_name, client) => {
  const { create, library } = client;
  const attached = () => {
    const http = create({ baseURL: 'https://api.test' });
    attachAuth(http, auth);
    return http;
  };

  test('by its cancelToken, without a remaining listener', async () => {
    const { token, cancel } = library.CancelToken.source();
    const sent = attached().get('/', { cancelToken: token });
    setImmediate(() => {
      cancel('enough');
    });
    const error: unknown = await sent.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: 'enough', code: 'ERR_CANCELED' });
    expect(library.isCancel(error)).toBe(true);
    expect((token as unknown as { _listeners: unknown[] | null })._listeners ?? []).toEqual([]);
  });

  test('by its signal alone', async () => {
    const { signal, abort } = abortable();
    const sent = attached().get('/', { signal });
    setImmediate(abort);
    expect(library.isCancel(await sent.catch((reason: unknown) => reason))).toBe(true);
  });

  test('by its signal beside a cancelToken, without a remaining listener', async () => {
    const { signal, abort } = abortable();
    const { token } = library.CancelToken.source();
    const sent = attached().get('/', { signal, cancelToken: token });
    setImmediate(abort);
    expect(library.isCancel(await sent.catch((reason: unknown) => reason))).toBe(true);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('by its cancelToken, beside a signal without addEventListener', async () => {
    const { token, cancel } = library.CancelToken.source();
    const sent = attached().get('/', { cancelToken: token, signal: { aborted: false } });
    setImmediate(() => {
      cancel('enough');
    });
    await expect(sent).rejects.toThrow('enough');
  });
});

test('the signal of a streamed attempt is aborted from the start if that of the caller is', () => {
  const reason = new Error('too late');
  const config = { responseType: 'stream', signal: AbortSignal.abort(reason) };
  expect(endingOf(config, 'fetch')?.signal.reason).toBe(reason);
});
