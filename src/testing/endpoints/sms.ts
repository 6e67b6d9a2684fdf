import { ok } from '../response';
import { type Endpoint, eventId } from './endpoint';

/** This endpoint responds only with success. Refusals, such as status 4, are in ../refusal-responses.ts. */
export const sms: readonly Endpoint[] = [
  {
    methods: ['GET', 'POST'],
    path: /^\/sms\/(json|xml)$/,
    required: ['from', 'to', 'text'],
    respond: ({ parameters }) =>
      ok({
        'message-count': '1',
        messages: [
          {
            to: parameters['to'],
            'message-id': eventId(),
            status: '0',
            'remaining-balance': '3.14159265',
            'message-price': '0.03330000',
            network: '12345',
          },
        ],
      }),
  },
];

export const conversion: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/conversions\/(sms|voice)$/,
    required: ['message-id', 'delivered'],
    respond: () => ok(),
  },
];
