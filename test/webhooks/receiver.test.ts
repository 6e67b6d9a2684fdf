// What the receivers answer is tested with every framework in test/frameworks/frameworks.test.ts.
import { smsReceiver, webhookReceiver } from '../../src/webhooks/receiver';
import { WebhookVerifier } from '../../src';
import { failure } from '../support/errors';
import { secret } from '../support/webhooks';

const verifier = new WebhookVerifier({ secrets: secret });

describe.each([
  ['verifyWebhook', webhookReceiver],
  ['verifySmsCallback', smsReceiver],
])('%s refuses', (_name, createReceiver) => {
  test.each([0, -1, 1.5, NaN, Infinity, '1000', null])('a limit of %p', (limit) => {
    const { code, message } = failure(() => createReceiver(verifier, { limit: limit as number }));
    expect([code, message]).toEqual(['ERR_INVALID_OPTION', expect.stringContaining('limit')]);
  });

  test('options that are no object or have an unknown name', () => {
    expect(failure(() => createReceiver(verifier, 1000 as never)).code).toBe('ERR_INVALID_OPTION');
    const misspelled = { limits: 1000 } as never;
    expect(failure(() => createReceiver(verifier, misspelled)).message).toContain('limits');
  });

  test('an object that is no verifier', () => {
    const { code } = failure(() => createReceiver({ secrets: secret } as never), [secret]);
    expect(code).toBe('ERR_INVALID_OPTION');
  });
});
