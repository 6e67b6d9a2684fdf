import { randomUUID } from 'node:crypto';
import { ok } from '../response';
import { created, type Endpoint } from './endpoint';

export const registry: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/v1\/network-registry\/business-profiles$/,
    required: ['countries', 'contact_role', 'name'],
    respond: ({ parameters: { countries, contact_role, name } }) =>
      created({ id: randomUUID(), countries, contact_role, name }),
  },
  {
    methods: ['GET'],
    path: /^\/v1\/network-registry\/business-profiles$/,
    required: [],
    respond: () => ok([]),
  },
];

export const enablement: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/v0\.1\/network-enablement$/,
    required: ['phone_number', 'scopes', 'state'],
    respond: ({ parameters: { scopes } }) =>
      ok({ scopes: Object.fromEntries(String(scopes).split(',').map(scopeEntry)) }),
  },
];

const scopeEntry = (scope: string): [string, object] => [
  scope,
  {
    app_url: null,
    auth_url: 'https://api-eu.vonage.com/oauth2/auth',
    requires_carrier_network: true,
  },
];

/** OpenID Connect Client-Initiated Backchannel Authentication. The issued token is for the CAMARA APIs. */
export const auth: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/oauth2\/bc-authorize$/,
    required: ['login_hint', 'scope'],
    respond: () => ok({ auth_req_id: randomUUID(), expires_in: 120, interval: 2 }),
  },
  {
    methods: ['POST'],
    path: /^\/oauth2\/token$/,
    required: ['grant_type'],
    respond: () => ok({ access_token: randomUUID(), token_type: 'Bearer', expires_in: 29 }),
  },
];

export const location: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/(network-location\/v0\.1|v0\.1\/location)\/retrieval$/,
    required: ['phone_number'],
    respond: () =>
      ok({
        last_location_time: '2020-01-01T14:00:00Z',
        area: { area_type: 'CIRCLE', center: { latitude: 51.5, longitude: -0.12 }, radius: 800 },
      }),
  },
];
