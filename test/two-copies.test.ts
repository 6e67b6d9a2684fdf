import { AuthInjector, type Credentials, JwtGenerator, OAuth1Flow } from '../src';
import * as ours from '../src';
import { verifyWebhook } from '../src/frameworks/express';
import { applicationId, held } from './support/account';
import { failure, rejection } from './support/errors';

let otherCopy: typeof ours;
jest.isolateModules(() => {
  otherCopy = jest.requireActual<typeof ours>('../src');
});

const credentials = () => new otherCopy.Credentials({ ...held, applicationId });
const injector = () => new otherCopy.AuthInjector(credentials());

test.each<[string, () => unknown]>([
  ['AuthInjector', () => new AuthInjector(credentials())],
  ['AuthInjector for an injector', () => new AuthInjector(injector() as never)],
  ['JwtGenerator', () => new JwtGenerator(credentials())],
  ['OAuth1Flow', () => new OAuth1Flow(credentials())],
  ['createAuthFetch', () => ours.createAuthFetch(injector())],
  ['attachAuth', () => ours.attachAuth({} as never, injector())],
  ['verifyWebhook', () => verifyWebhook(new otherCopy.WebhookVerifier({ secrets: 'secret' }))],
])('%s reports an object of another copy of the package', (_name, make) => {
  const error = failure(make, [held.apiSecret]);
  expect(error.code).toBe('ERR_INVALID_OPTION');
  expect(error.message).toContain('another copy of nexmo-auth');
});

test('AuthInjector reports a provider that returns Credentials of another copy', async () => {
  const auth = new AuthInjector(() => credentials());
  const error = await rejection(auth.inject({ url: 'https://rest.nexmo.com/sms/json' }));
  expect(error.code).toBe('ERR_PROVIDER_FAILED');
  expect(error.message).toContain('another copy of nexmo-auth');
});

test('the message for an instance of another class does not mention another copy', () => {
  const trap = Object.defineProperty({}, 'constructor', {
    get: () => {
      throw new Error('trap');
    },
  });
  for (const value of [{}, new Date(), trap, Object.create(null), null, 'text']) {
    const error = failure(() => new AuthInjector(value as Credentials));
    expect(error.message).not.toContain('another copy');
  }
});
