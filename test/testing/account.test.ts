import { signWebhook, startSandbox } from '../../src/testing';
import { failure, rejection } from '../support/errors';

describe('the options of startSandbox:', () => {
  test.each<[string, object, RegExp]>([
    ['host', { host: '0.0.0.0' }, /no option "host", since it listens on 127\.0\.0\.1.*url\(\)/],
    ['hostname', { hostname: 'localhost' }, /no option "hostname", since it listens on 127/],
    ['a mistyped name', { apikey: 'abcd1234' }, /no option "apikey"\. Did you mean "apiKey"\?/],
    [
      'a name without its last letter',
      { maxRequest: 1 },
      /no option "maxRequest"\. Did you mean "maxRequests"\?/,
    ],
    ['a name unlike any option', { verbose: true }, /no option "verbose"\. Known names: apiKey,/],
  ])('the error for an unknown option names it: %s', async (_what, options, message) => {
    const { code, message: text } = await rejection(startSandbox(options));
    expect(code).toBe('ERR_INVALID_OPTION');
    expect(text).toMatch(message);
  });

  test.each<[string, object, RegExp]>([
    ['a port beyond 65535', { port: 65_536 }, /port must be a whole number from 0 to 65535/],
    ['a negative port', { port: -1 }, /port must be a whole number/],
    ['a port as text', { port: '4010' }, /port must be a whole number/],
    ['no request to keep', { maxRequests: 0 }, /maxRequests must be a positive integer/],
    ['half a request to keep', { maxRequests: 1.5 }, /maxRequests must be a positive integer/],
    ['a listener that is no function', { onRequest: true }, /onRequest must be a function/],
  ])('an invalid value is refused: %s', async (_what, options, message) => {
    const { code, message: text } = await rejection(startSandbox(options));
    expect(code).toBe('ERR_INVALID_OPTION');
    expect(text).toMatch(message);
  });

  test('change() refuses the option `now`, which only startSandbox accepts', async () => {
    const sandbox = await startSandbox();
    const change = () => {
      sandbox.change({ now: Date.now } as object);
    };
    expect(failure(change).message).toContain('Only startSandbox accepts the options now');
    await sandbox.close();
  });

  test('the error for an API key with white space says so, without quoting the key', async () => {
    for (const apiKey of ['abcd1234 ', '\u200babcd1234', 'abcd1234\n']) {
      const error = await rejection(startSandbox({ apiKey }), ['abcd1234']);
      expect(error.code).toBe('ERR_INVALID_OPTION');
      expect(error.message).toContain('apiKey has white space');
    }
  });
});

test('the sandbox and signWebhook recognise a clock in seconds', async () => {
  const now = () => 1_500_000_000;
  const sign = () => signWebhook({ secret: 's', apiKey: 'abcd1234', now });
  expect(failure(sign).message).toContain('now seems to return seconds');
  const sandbox = await startSandbox({ now });
  const response = await fetch(sandbox.url('sms'));
  expect([response.status, await response.text()]).toEqual([
    500,
    expect.stringContaining('now seems to return seconds'),
  ]);
  await sandbox.close();
});

test('signWebhook says when iat seems to be in milliseconds', () => {
  const sign = () => signWebhook({ secret: 's', apiKey: 'abcd1234', iat: Date.now() });
  expect(failure(sign).message).toContain(
    'iat must be a whole number of seconds since the epoch. It seems to be in milliseconds.',
  );
});
