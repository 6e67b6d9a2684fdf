import { randomUUID } from 'node:crypto';
import { type Answer, hexId, ok, smsAnswer } from './answer';

/** What an endpoint may use of a request: the parameters of query and body, and its path. */
export type Asked = { parameters: Readonly<Record<string, unknown>>; path: string };

export type Endpoint = {
  methods: readonly string[];
  path: RegExp;
  required: readonly string[];
  answer: (asked: Asked) => Answer;
};

const sms: readonly Endpoint[] = [
  {
    methods: ['GET', 'POST'],
    path: /^\/sms\/json$/,
    required: ['from', 'to', 'text'],
    answer: ({ parameters }) =>
      smsAnswer({
        to: parameters['to'],
        'message-id': hexId(8).toUpperCase(),
        status: '0',
        'remaining-balance': '3.14159265',
        'message-price': '0.03330000',
        network: '12345',
      }),
  },
];

const verify: readonly Endpoint[] = [
  {
    methods: ['GET', 'POST'],
    path: /^\/verify\/json$/,
    required: ['number', 'brand'],
    answer: () => ok({ request_id: hexId(16), status: '0' }),
  },
  {
    methods: ['GET', 'POST'],
    path: /^\/verify\/check\/json$/,
    required: ['request_id', 'code'],
    answer: ({ parameters }) =>
      ok({
        request_id: parameters['request_id'],
        status: '0',
        event_id: hexId(8).toUpperCase(),
        price: '0.10000000',
        currency: 'EUR',
      }),
  },
  {
    methods: ['GET', 'POST'],
    path: /^\/verify\/search\/json$/,
    required: ['request_id'],
    answer: ({ parameters }) =>
      ok({ request_id: parameters['request_id'], status: 'IN PROGRESS', checks: [] }),
  },
  {
    methods: ['GET', 'POST'],
    path: /^\/verify\/control\/json$/,
    required: ['request_id', 'cmd'],
    answer: ({ parameters }) => ok({ status: '0', command: parameters['cmd'] }),
  },
];

const numberInsight: readonly Endpoint[] = [
  {
    methods: ['GET', 'POST'],
    path: /^\/ni\/(basic|standard|advanced)\/json$/,
    required: ['number'],
    answer: ({ parameters }) =>
      ok({
        status: 0,
        status_message: 'Success',
        request_id: randomUUID(),
        international_format_number: parameters['number'],
        country_code: 'GB',
        country_code_iso3: 'GBR',
        country_name: 'United Kingdom',
        country_prefix: '44',
      }),
  },
  {
    methods: ['GET', 'POST'],
    path: /^\/ni\/advanced\/async\/json$/,
    required: ['number', 'callback'],
    answer: ({ parameters }) =>
      ok({
        request_id: randomUUID(),
        number: parameters['number'],
        remaining_balance: '24.453075',
        request_price: '0.03000000',
        status: 0,
      }),
  },
];

const conversion: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/conversions\/(sms|voice)$/,
    required: ['message-id', 'delivered'],
    answer: () => ok(),
  },
];

const success = { 'error-code': '200', 'error-code-label': 'success' };

const account: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/account\/get-balance$/,
    required: [],
    answer: () => ok({ value: 10.171275, autoReload: false }),
  },
  {
    methods: ['POST'],
    path: /^\/account\/top-up$/,
    required: ['trx'],
    answer: () => ok(success),
  },
  {
    methods: ['POST'],
    path: /^\/account\/settings$/,
    required: [],
    answer: ({ parameters }) =>
      ok({
        'mo-callback-url': parameters['moCallBackUrl'],
        'dr-callback-url': parameters['drCallBackUrl'],
        'max-outbound-request': 30,
        'max-inbound-request': 30,
        'max-calls-per-second': 30,
      }),
  },
];

const price = {
  dialingPrefix: '44',
  defaultPrice: '0.03330000',
  currency: 'EUR',
  countryDisplayName: 'United Kingdom',
  countryCode: 'GB',
  countryName: 'United Kingdom',
  networks: [],
};

const pricing: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/account\/get-pricing\/outbound\/(sms|sms-transit|voice)$/,
    required: ['country'],
    answer: ({ parameters }) => ok({ ...price, countryCode: parameters['country'] }),
  },
  {
    methods: ['GET'],
    path: /^\/account\/get-full-pricing\/outbound\/(sms|sms-transit|voice)$/,
    required: [],
    answer: () => ok({ count: 1, countries: [price] }),
  },
  {
    methods: ['GET'],
    path: /^\/account\/get-prefix-pricing\/outbound\/(sms|sms-transit|voice)$/,
    required: ['prefix'],
    answer: ({ parameters }) =>
      ok({ count: 1, countries: [{ ...price, dialingPrefix: parameters['prefix'] }] }),
  },
];

const numbers: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/account\/numbers$/,
    required: [],
    answer: () => ok({ count: 0, numbers: [] }),
  },
  {
    methods: ['GET'],
    path: /^\/number\/search$/,
    required: ['country'],
    answer: ({ parameters }) =>
      ok({
        count: 1,
        numbers: [
          {
            country: parameters['country'],
            msisdn: '447700900000',
            cost: '0.67',
            type: 'mobile-lvn',
            features: ['VOICE', 'SMS'],
          },
        ],
      }),
  },
  {
    methods: ['POST'],
    path: /^\/number\/(buy|cancel|update)$/,
    required: ['country', 'msisdn'],
    answer: () => ok(success),
  },
];

const developer: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/search\/message$/,
    required: ['id'],
    answer: ({ parameters }) =>
      ok({
        'message-id': parameters['id'],
        network: '012345',
        from: 'Nexmo',
        to: '447700900000',
        body: 'A text message',
        price: '0.03330000',
        'date-received': '2020-01-01 12:00:00',
        'final-status': 'DELIVRD',
        type: 'MT',
      }),
  },
  {
    methods: ['GET'],
    path: /^\/search\/(messages|rejections)$/,
    required: ['date', 'to'],
    answer: () => ok({ count: 0, items: [] }),
  },
];

const call = (uuid = randomUUID() as string) => ({
  uuid,
  status: 'started',
  direction: 'outbound',
  conversation_uuid: `CON-${randomUUID()}`,
});

const voice: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/v[12]\/calls$/,
    required: ['to', 'from'],
    answer: () => ({ status: 201, body: call() }),
  },
  {
    methods: ['GET'],
    path: /^\/v[12]\/calls$/,
    required: [],
    answer: () =>
      ok({
        count: 0,
        page_size: 10,
        record_index: 0,
        _links: { self: { href: '/calls?page_size=10&record_index=0&order=asc' } },
        _embedded: { calls: [] },
      }),
  },
  {
    methods: ['GET'],
    path: /^\/v[12]\/calls\/[\w-]+$/,
    required: [],
    answer: ({ path }) => ok(call(path.split('/').at(-1))),
  },
  {
    methods: ['PUT'],
    path: /^\/v[12]\/calls\/[\w-]+$/,
    required: ['action'],
    answer: () => ({ status: 204 }),
  },
];

/** What each product answers to those whose credential is good. */
export const endpoints = {
  sms,
  verify,
  numberInsight,
  conversion,
  account,
  pricing,
  numbers,
  developer,
  voice,
};
