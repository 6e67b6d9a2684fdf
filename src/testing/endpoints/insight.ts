import { randomUUID } from 'node:crypto';
import { ok } from '../response';
import type { Endpoint } from './endpoint';

const country = {
  country_code: 'GB',
  country_code_iso3: 'GBR',
  country_name: 'United Kingdom',
  country_prefix: '44',
};

export const numberInsight: readonly Endpoint[] = [
  {
    methods: ['GET', 'POST'],
    path: /^\/ni\/(basic|standard|advanced)\/(json|xml)$/,
    required: ['number'],
    respond: ({ parameters }) =>
      ok({
        status: 0,
        status_message: 'Success',
        request_id: randomUUID(),
        international_format_number: parameters['number'],
        national_format_number: '07700 900000',
        ...country,
      }),
  },
  {
    methods: ['GET', 'POST'],
    path: /^\/ni\/advanced\/async\/(json|xml)$/,
    required: ['number', 'callback'],
    respond: ({ parameters }) =>
      ok({
        request_id: randomUUID(),
        number: parameters['number'],
        remaining_balance: '24.453075',
        request_price: '0.03000000',
        status: 0,
      }),
  },
];

export const numberInsightV2: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/v2\/ni$/,
    required: ['type', 'phone', 'insights'],
    respond: ({ parameters }) =>
      ok({
        request_id: randomUUID(),
        type: 'phone',
        phone: { phone: parameters['phone'], carrier: 'Vonage', type: 'MOBILE' },
        sim_swap: { status: 'completed', swapped: false },
      }),
  },
];

export const identityInsights: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/(identity-insights\/v1\/requests|v0\.1\/identity-insights)$/,
    required: ['phone_number', 'insights'],
    respond: ({ parameters }) =>
      ok({
        request_id: randomUUID(),
        insights: {
          format: {
            country_code: 'GB',
            country_name: 'United Kingdom',
            country_prefix: '44',
            number_international: parameters['phone_number'],
            is_format_valid: true,
            status: { code: 'OK', message: 'Success' },
          },
        },
      }),
  },
];
