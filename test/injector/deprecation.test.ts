import { AuthInjector, Credentials } from '../../src';
import { deprecationMessage } from '../../src/injector/deprecation';

const auth = new AuthInjector(
  new Credentials({ apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' }),
);
const withoutSecret = new AuthInjector(new Credentials({ apiKey: 'abcd1234' }));
const url = 'https://api.nexmo.com/ni/basic/json';

afterEach(() => jest.restoreAllMocks());

// Each product warns once per process, so the order of these tests matters.
test('a request without a credential, or to a current product, emits no deprecation warning', async () => {
  const emitted = jest.spyOn(process, 'emitWarning').mockImplementation();
  await expect(withoutSecret.inject({ url })).rejects.toThrow('number-insight needs');
  await auth.inject({ url: 'https://rest.nexmo.com/sms/json' });
  expect(emitted).not.toHaveBeenCalled();
});

test.each([
  [
    url,
    "The platform's product number-insight is deprecated and ends on 2027-02-04. Use identity-insights instead.",
    'NEXMO_AUTH_DEP_NUMBER_INSIGHT',
  ],
  [
    'https://api.nexmo.com/verify/json',
    "The platform's product verify is deprecated. Use verify-v2 instead.",
    'NEXMO_AUTH_DEP_VERIFY',
  ],
])('a request to %s emits a DeprecationWarning once per process', async (url, message, code) => {
  const emitted = jest.spyOn(process, 'emitWarning').mockImplementation();
  await auth.inject({ url });
  await auth.inject({ url });
  await auth.inject({ url: `${url}?number=1` }).catch(() => undefined);
  expect(emitted.mock.calls).toEqual([[message, { type: 'DeprecationWarning', code }]]);
});

test('the deprecation message of a product without a successor names no successor', () => {
  expect(deprecationMessage('proactive-connect', {})).toBe(
    "The platform's product proactive-connect is deprecated.",
  );
});
