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

test.each(['?to=1', 'http://host?to=1', 'host?to=1', '/a#?to=1', ''])(
  'a GET is an error if a rewrite left the URL %s, which older routers split elsewhere',
  async (handlerUrl) => {
    const request = { source: {}, method: 'GET', url: '/a?to=1', headers: {}, body: () => [] };
    for (const createReceiver of [webhookReceiver, smsReceiver]) {
      const received = createReceiver(verifier)({ ...request, handlerUrl });
      await expect(received).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION' });
    }
  },
);

test("the warning for a body that a framework cannot give does not quote the framework's error", async () => {
  const emitted = jest.spyOn(process, 'emitWarning').mockImplementation();
  const receive = webhookReceiver(verifier);
  const failed = new SyntaxError('Unexpected token "text=secret"');
  const body = () => Promise.reject(failed);
  const request = { source: {}, method: 'POST', url: '/', headers: {}, body };
  await expect(receive(request)).rejects.toBe(failed);
  expect(emitted.mock.calls).toEqual([
    [
      'A callback was not verified, and the response was 500. The body could not be read.',
      { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_BODY_PARSED' },
    ],
  ]);
  emitted.mockRestore();
});
