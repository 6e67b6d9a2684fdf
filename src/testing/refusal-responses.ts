import { type HttpResponse, ok, randomHex } from './response';

/** A refused credential. The product's response depends on `kind`. `reason` is for the tester. */
export type Refusal = { kind: 'missing' | 'wrong' | 'signature'; reason: string };

const refusal =
  (kind: Refusal['kind']) =>
  (reason: string): Refusal => ({ kind, reason });

export const missing = refusal('missing');
export const wrong = refusal('wrong');
export const badSignature = refusal('signature');

/** The responses of one family of products to a refused credential and to a missing parameter. */
export type RefusalResponses = {
  credentials: (kind: Refusal['kind']) => HttpResponse;
  parameter: (name: string) => HttpResponse;
};

const incomplete = 'Your request is incomplete and missing some mandatory parameters';

const smsStatus = {
  missing: { status: '2', 'error-text': incomplete },
  wrong: { status: '4', 'error-text': 'Bad Credentials' },
  signature: { status: '14', 'error-text': 'Invalid Signature' },
};

const sms: RefusalResponses = {
  credentials: (kind) => ok({ 'message-count': '1', messages: [smsStatus[kind]] }),
  parameter: (name) =>
    ok({
      'message-count': '1',
      messages: [{ status: '2', 'error-text': `Missing ${name} param` }],
    }),
};

const verify: RefusalResponses = {
  credentials: (kind) =>
    kind === 'missing'
      ? ok({ status: '2', error_text: incomplete })
      : ok({ status: '4', error_text: 'Bad Credentials' }),
  parameter: (name) =>
    ok({
      status: '2',
      error_text: `Your request is incomplete and missing the mandatory parameter: ${name}`,
    }),
};

const numberInsight: RefusalResponses = {
  credentials: () => ok({ status: 4, status_message: 'Invalid credentials' }),
  parameter: () => ok({ status: 3, status_message: incomplete }),
};

const badRequest = (name: string): HttpResponse => ({
  status: 400,
  body: {
    type: 'BAD_REQUEST',
    error_title: 'Bad Request',
    invalid_parameters: { [name]: 'Is required.' },
  },
});

const account: RefusalResponses = {
  credentials: () => ({
    status: 401,
    body: { 'error-code': '401', 'error-code-label': 'authentication failed' },
  }),
  parameter: badRequest,
};

/**
 * Sources: for Voice and Conversations, responses of the platform; for Redact, the API definition; for Applications 1,
 * an SDK.
 */
const voice: RefusalResponses = {
  credentials: () => ({
    status: 401,
    body: { type: 'UNAUTHORIZED', error_title: 'Unauthorized' },
  }),
  parameter: badRequest,
};

/** Problem details (RFC 7807), but with the media type application/json and a trace ID as `instance`. */
const problem = (status: number, type: string, title: string, members: object): HttpResponse => ({
  status,
  body: { type, title, ...members, instance: randomHex(16) },
});

const nexmoErrors = 'https://developer.nexmo.com/api-errors';
const vonageErrors = 'https://developer.vonage.com/api-errors';
const detail = 'You did not provide correct credentials.';
const required = (name: string) => [{ name, reason: 'Is required.' }];

/** The response "BadCredentialsError" in common_errors.yml of the API definitions. */
const badCredentials = () =>
  problem(401, `${nexmoErrors}#unauthorized`, 'Invalid credentials supplied', { detail });

const conversion: RefusalResponses = {
  credentials: badCredentials,
  parameter: () => ({
    status: 420,
    body: {
      type: `${nexmoErrors}#3`,
      title: 'Invalid parameters. The value of one or more parameters is invalid.',
      resolution: 'Check your parameters and try again.',
    },
  }),
};

const invalidWith = (status: number, page: string, detail: string): RefusalResponses => ({
  credentials: badCredentials,
  parameter: (name) =>
    problem(status, `${nexmoErrors}/${page}`, 'Bad Request', {
      detail,
      invalid_parameters: required(name),
    }),
});
const validation = 'The request failed due to validation errors';
const applications = invalidWith(400, 'application#payload-validation', validation);
const subaccounts = invalidWith(422, 'account/subaccounts#validation', validation);
const secrets = invalidWith(
  400,
  'account/secret-management#validation',
  'The request failed due to secret validation errors',
);

const reports: RefusalResponses = {
  credentials: () => problem(401, `${nexmoErrors}#unauthorized`, 'Unauthorized', { detail }),
  parameter: (name) => ({
    status: 422,
    body: {
      title: 'Unprocessable entity',
      invalid_parameters: [{ reason: 'Missing required parameter', name }],
      instance: randomHex(16),
    },
  }),
};

/** Documented for Messages and Verify 2. Inferred for products whose API definition has no response body. */
const newer: RefusalResponses = {
  credentials: () => problem(401, `${vonageErrors}#unauthorized`, 'Unauthorized', { detail }),
  parameter: (name) =>
    problem(422, `${vonageErrors}#invalid-params`, 'Invalid params', {
      detail: 'The value of one or more parameters is invalid',
      invalid_parameters: required(name),
    }),
};

const externalAccounts: RefusalResponses = {
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

/** Audit requires no parameters, so `parameter` is never called. */
const audit: RefusalResponses = {
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

/** Responds with 403 to an invalid project key or token (OpenTok REST API, "Response"). */
const opentok: RefusalResponses = {
  credentials: () => ({ status: 403, body: { code: -1, message: 'Invalid token' } }),
  parameter: badRequest,
};

/** `parameter` is inferred: for an invalid request, the API definition of Redact covers only malformed JSON. */
const redact: RefusalResponses = { credentials: voice.credentials, parameter: newer.parameter };

/** The responses by family of products. `account` is for the products that are only on rest.nexmo.com, except SMS. */
export const refusalResponses = {
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
  opentok,
};
