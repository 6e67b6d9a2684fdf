import { ok } from '../response';
import { type Endpoint, success } from './endpoint';

export const account: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/account\/get-balance$/,
    required: [],
    respond: () => ok({ value: 10.171275, autoReload: false }),
  },
  {
    methods: ['POST'],
    path: /^\/account\/top-up$/,
    required: ['trx'],
    respond: success,
  },
  {
    methods: ['POST'],
    path: /^\/account\/settings$/,
    required: [],
    respond: ({ parameters }) =>
      ok({
        'mo-callback-url': parameters['moCallBackUrl'],
        'dr-callback-url': parameters['drCallBackUrl'],
        'max-outbound-request': 30,
        'max-inbound-request': 30,
        'max-calls-per-second': 30,
      }),
  },
];

export const numbers: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/account\/numbers$/,
    required: [],
    respond: () => ok({ count: 0, numbers: [] }),
  },
  {
    methods: ['GET'],
    path: /^\/number\/search$/,
    required: ['country'],
    respond: ({ parameters }) =>
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
    respond: success,
  },
];

export const developer: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/search\/message$/,
    required: ['id'],
    respond: ({ parameters }) =>
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
    respond: () => ok({ count: 0, items: [] }),
  },
];
