import { Credentials } from '../../src/credentials/credentials';
import { type CredentialsProvider, fromChain } from '../../src/credentials/providers';
import { NexmoAuthError } from '../../src/errors';
import { failure, rejection } from '../support/errors';

const found = new Credentials({ apiKey: 'abcd1234' });
const finds: CredentialsProvider = () => found;
const findsNothing =
  (where: string): CredentialsProvider =>
  () => {
    throw new NexmoAuthError('ERR_CREDENTIALS_NOT_FOUND', `Nothing is in ${where}.`);
  };
const never: CredentialsProvider = () => {
  throw new Error('This provider must not be called.');
};

describe('a chain of providers', () => {
  test.each<[string, CredentialsProvider[]]>([
    ['the only one', [finds]],
    ['the first', [finds, never]],
    ['the first after one that finds nothing', [findsNothing('A'), finds, never]],
    ['one that gives a promise', [findsNothing('A'), () => Promise.resolve(found)]],
    [
      'the first after a chain that finds nothing',
      [fromChain(findsNothing('A'), findsNothing('B')), finds],
    ],
  ])('returns the credentials of %s', async (_which, providers) => {
    expect(await fromChain(...providers)()).toBe(found);
  });

  test('joins the messages of all providers if none finds credentials', async () => {
    const outer = fromChain(findsNothing('A'), fromChain(findsNothing('B'), findsNothing('C')));
    const error = await rejection(Promise.resolve(outer()));
    expect(error.code).toBe('ERR_CREDENTIALS_NOT_FOUND');
    for (const where of ['A', 'B', 'C']) expect(error.message).toContain(`Nothing is in ${where}.`);
  });

  test.each<[string, Error]>([
    [
      'one of this package',
      new NexmoAuthError('ERR_CREDENTIALS_FILE_INVALID', 'A file is damaged.'),
    ],
    ['one of another package', new Error('AccessDenied')],
    [
      'an object with the code ERR_CREDENTIALS_NOT_FOUND that is no NexmoAuthError',
      { code: 'ERR_CREDENTIALS_NOT_FOUND' } as unknown as Error,
    ],
    ['undefined', undefined as unknown as Error],
  ])(
    'rethrows any error but ERR_CREDENTIALS_NOT_FOUND unchanged, and calls no further provider: %s',
    async (_whose, thrown) => {
      const fails: CredentialsProvider = () => Promise.reject(thrown);
      await expect(fromChain(findsNothing('A'), fails, never)()).rejects.toBe(thrown);
    },
  );

  test.each([undefined, null, {}, { apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' }, 'text'])(
    'refuses %j instead of Credentials, without quoting it',
    async (given) => {
      const chain = fromChain(() => given as unknown as Credentials, never);
      const error = await rejection(Promise.resolve(chain()), ['ABCDEFGH01234abc']);
      expect(error.code).toBe('ERR_PROVIDER_FAILED');
    },
  );

  test('passes the context to each provider', async () => {
    const context = { signal: new AbortController().signal };
    const first = jest.fn(findsNothing('A'));
    const second = jest.fn(finds);
    await fromChain(first, second)(context);
    expect(first).toHaveBeenCalledWith(context);
    expect(second).toHaveBeenCalledWith(context);
  });

  test('calls no further provider after an abort', async () => {
    const controller = new AbortController();
    const first = jest.fn(() => {
      controller.abort(new Error('hush-hush'));
      return findsNothing('A')();
    });
    const second = jest.fn(finds);
    const found = fromChain(first, second)({ signal: controller.signal }) as Promise<unknown>;
    expect((await rejection(found, ['hush-hush'])).code).toBe('ERR_PROVIDER_ABORTED');
    expect(second).not.toHaveBeenCalled();
  });

  test.each<[string, unknown[]]>([
    ['zero providers', []],
    ['Credentials', [found]],
    ['a promise', [Promise.resolve(found)]],
    ['a list', [[finds]]],
    ['undefined', [finds, undefined]],
  ])('cannot be made of %s', (_what, providers) => {
    const make = () => fromChain(...(providers as CredentialsProvider[]));
    expect(failure(make).code).toBe('ERR_INVALID_OPTION');
  });
});
