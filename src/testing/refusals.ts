import { type Answer, hexId, ok, smsAnswer } from './answer';

/** How a product refuses: each family of APIs has its own way. */
export type Refusals = {
  credentials: (why: 'missing' | 'wrong' | 'signature') => Answer;
  parameter: (name: string) => Answer;
};

const incomplete = 'Your request is incomplete and missing some mandatory parameters';

const smsStatus = {
  missing: { status: '2', 'error-text': incomplete },
  wrong: { status: '4', 'error-text': 'Bad Credentials' },
  signature: { status: '14', 'error-text': 'Invalid Signature' },
};

const sms: Refusals = {
  credentials: (why) => smsAnswer(smsStatus[why]),
  parameter: (name) => smsAnswer({ status: '2', 'error-text': `Missing ${name} param` }),
};

const verify: Refusals = {
  credentials: (why) =>
    why === 'missing'
      ? ok({ status: '2', error_text: incomplete })
      : ok({ status: '4', error_text: 'Bad Credentials' }),
  parameter: (name) =>
    ok({
      status: '2',
      error_text: `Your request is incomplete and missing the mandatory parameter: ${name}`,
    }),
};

const numberInsight: Refusals = {
  credentials: () => ok({ status: 4, status_message: 'Invalid credentials' }),
  parameter: () => ok({ status: 3, status_message: incomplete }),
};

const conversion: Refusals = {
  credentials: () => ({
    status: 401,
    body: {
      type: 'https://developer.nexmo.com/api-errors#unauthorized',
      title: 'Invalid credentials supplied',
      detail: 'You did not provide correct credentials.',
      instance: hexId(16),
    },
  }),
  parameter: () => ({
    status: 420,
    body: {
      type: 'https://developer.nexmo.com/api-errors#3',
      title: 'Invalid parameters. The value of one or more parameters is invalid.',
      resolution: 'Check your parameters and try again.',
    },
  }),
};

const badRequest = (name: string): Answer => ({
  status: 400,
  body: {
    type: 'BAD_REQUEST',
    error_title: 'Bad Request',
    invalid_parameters: { [name]: 'Is required.' },
  },
});

const account: Refusals = {
  credentials: () => ({
    status: 401,
    body: { 'error-code': '401', 'error-code-label': 'authentication failed' },
  }),
  parameter: badRequest,
};

const voice: Refusals = {
  credentials: () => ({
    status: 401,
    body: { type: 'UNAUTHORIZED', error_title: 'Unauthorized' },
  }),
  parameter: badRequest,
};

/** By product; `account` stands for all that is on rest.nexmo.com but SMS. */
export const refusals = {
  sms,
  verify,
  numberInsight,
  conversion,
  account,
  voice,
};
