import { type Answer, hexId, ok } from './response';

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
  credentials: (why) => ok({ 'message-count': '1', messages: [smsStatus[why]] }),
  parameter: (name) =>
    ok({
      'message-count': '1',
      messages: [{ status: '2', 'error-text': `Missing ${name} param` }],
    }),
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

/** Seen live at Voice and Conversations; in the definition of Redact; in an SDK for Applications 1. */
const voice: Refusals = {
  credentials: () => ({
    status: 401,
    body: { type: 'UNAUTHORIZED', error_title: 'Unauthorized' },
  }),
  parameter: badRequest,
};

/** RFC 7807, sent as plain JSON, with a trace ID for its instance. */
const problem = (status: number, type: string, title: string, more: object): Answer => ({
  status,
  body: { type, title, ...more, instance: hexId(16) },
});

const nexmo = 'https://developer.nexmo.com/api-errors';
const vonage = 'https://developer.vonage.com/api-errors';
const detail = 'You did not provide correct credentials.';
const required = (name: string) => [{ name, reason: 'Is required.' }];

/** common_errors.yml of the definitions, "BadCredentialsError". */
const badCredentials = () =>
  problem(401, `${nexmo}#unauthorized`, 'Invalid credentials supplied', { detail });

const conversion: Refusals = {
  credentials: badCredentials,
  parameter: () => ({
    status: 420,
    body: {
      type: `${nexmo}#3`,
      title: 'Invalid parameters. The value of one or more parameters is invalid.',
      resolution: 'Check your parameters and try again.',
    },
  }),
};

const invalid = (status: number, page: string, text: string): Refusals => ({
  credentials: badCredentials,
  parameter: (name) =>
    problem(status, `${nexmo}/${page}`, 'Bad Request', {
      detail: text,
      invalid_parameters: required(name),
    }),
});
const validation = 'The request failed due to validation errors';
const applications = invalid(400, 'application#payload-validation', validation);
const subaccounts = invalid(422, 'account/subaccounts#validation', validation);
const secrets = invalid(
  400,
  'account/secret-management#validation',
  'The request failed due to secret validation errors',
);

const reports: Refusals = {
  credentials: () => problem(401, `${nexmo}#unauthorized`, 'Unauthorized', { detail }),
  parameter: (name) => ({
    status: 422,
    body: {
      title: 'Unprocessable entity',
      invalid_parameters: [{ reason: 'Missing required parameter', name }],
      instance: hexId(16),
    },
  }),
};

/** Documented for Messages and Verify 2. Inferred for those whose definition has no body. */
const newer: Refusals = {
  credentials: () => problem(401, `${vonage}#unauthorized`, 'Unauthorized', { detail }),
  parameter: (name) =>
    problem(422, `${vonage}#invalid-params`, 'Invalid params', {
      detail: 'The value of one or more parameters is invalid',
      invalid_parameters: required(name),
    }),
};

const externalAccounts: Refusals = {
  credentials: () => ({
    status: 401,
    body: {
      title: 'Unauthorised',
      detail: "Request header 'Authorization' missing / Invalid Token",
    },
  }),
  parameter: (name) => ({
    status: 400,
    body: {
      type: 'https://www.nexmo.com/messages/Errors#InvalidParams',
      title: "Your request parameters didn't validate.",
      detail: 'Found errors validating 1 of your submitted parameters.',
      invalid_params: [{ name, reason: `Missing \`${name}\` field` }],
    },
  }),
};

/** Nothing is required by Audit, so its parameters are never refused. */
const audit: Refusals = {
  credentials: () => ({
    status: 401,
    body: {
      status: 401,
      error: 'Unauthorized',
      message: 'Full authentication is required. JWT was not found in "Authorization" HTTP header.',
    },
  }),
  parameter: badRequest,
};

/** What it says of Redact's parameters is inferred: its definition knows only broken JSON. */
const redact: Refusals = { credentials: voice.credentials, parameter: newer.parameter };

/** By family; `account` stands for all that is on rest.nexmo.com but SMS. */
export const refusals = {
  sms,
  verify,
  numberInsight,
  account,
  voice,
  conversion,
  applications,
  subaccounts,
  secrets,
  reports,
  newer,
  externalAccounts,
  audit,
  redact,
};
