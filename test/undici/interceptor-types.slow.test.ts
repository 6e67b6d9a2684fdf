import { typeCheck } from '../support/type-check';

test('the interceptor type-checks with undici 7 and with the types of undici 6', async () => {
  const source = (module: string) => `
    import { Credentials, AuthInjector } from 'nexmo-auth';
    import { authInterceptor, type UndiciInterceptor } from 'nexmo-auth/undici';
    import { Agent, RetryAgent, setGlobalDispatcher, type Dispatcher } from '${module}';
    const auth = new AuthInjector(new Credentials({ apiKey: 'abcd1234', apiSecret: 'secret' }));
    const interceptor: UndiciInterceptor = authInterceptor(auth, { product: 'sms' });
    const dispatcher: Dispatcher = new Agent().compose(interceptor);
    new Agent().compose([interceptor, authInterceptor(auth)]);
    setGlobalDispatcher(new RetryAgent(dispatcher));
    const typed: Dispatcher.DispatcherComposeInterceptor = interceptor;
    // @ts-expect-error There is no such option.
    new Agent().compose(authInterceptor(auth, { products: [] }), typed);`;
  const sources = { 'seven.mts': source('undici'), 'six.mts': source('undici-types') };
  expect(await typeCheck(sources)).toBe('');
}, 120_000);
