import { apiHosts, type DocumentedProduct } from './documented-product';
import * as channels from './endpoints/channels';
import * as insight from './endpoints/insight';
import * as media from './endpoints/media';
import * as network from './endpoints/network';
import * as numbers from './endpoints/numbers';
import * as sunset from './endpoints/sunset';
import { refusalResponses } from './refusal-responses';

const europe = ['api-eu.vonage.com'];
const refusals = refusalResponses.newer;

/** Products that the platform has documented since 2021, according to its reference at developer.vonage.com/en/api. */
export const newerProducts: readonly DocumentedProduct[] = [
  {
    name: 'identity-insights',
    hosts: apiHosts,
    paths: ['/identity-insights', '/v0.1/identity-insights'],
    schemes: ['bearer'],
    endpoints: insight.identityInsights,
    refusals,
  },
  {
    name: 'emergency',
    hosts: apiHosts,
    paths: ['/v1/addresses', '/v1/emergency'],
    schemes: ['basic'],
    endpoints: numbers.emergency,
    refusals,
  },
  {
    name: 'channel-manager',
    hosts: apiHosts,
    paths: ['/v1/channel-manager', '/v2/whatsapp-manager'],
    schemes: ['basic'],
    endpoints: channels.channelManager,
    refusals,
  },
  {
    name: 'sip',
    hosts: apiHosts,
    paths: ['/v1/psip'],
    schemes: ['basic'],
    endpoints: numbers.sip,
    refusals,
  },
  {
    name: '10dlc',
    hosts: europe,
    paths: ['/v1/10dlc'],
    schemes: ['bearer'],
    endpoints: channels.tenDlc,
    refusals,
  },
  {
    name: 'toll-free',
    hosts: apiHosts,
    paths: ['/tfn/v1'],
    schemes: ['basic'],
    endpoints: channels.tollFree,
    refusals,
  },
  {
    name: 'fraud-defender',
    hosts: apiHosts,
    paths: ['/v0.1/fraud-defender', '/v1/fraud-defender'],
    schemes: ['basic'],
    endpoints: channels.fraudDefender,
    refusals,
  },
  {
    name: 'network-registry',
    hosts: europe,
    paths: ['/v1/network-registry'],
    schemes: ['basic'],
    endpoints: network.registry,
    refusals,
  },
  {
    name: 'network-enablement',
    hosts: europe,
    paths: ['/v0.1/network-enablement'],
    schemes: ['bearer'],
    endpoints: network.enablement,
    refusals,
  },
  {
    name: 'network-auth',
    hosts: europe,
    paths: ['/oauth2/bc-authorize', '/oauth2/token'],
    schemes: ['bearer'],
    endpoints: network.auth,
    refusals,
  },
  {
    name: 'device-location',
    hosts: europe,
    paths: ['/network-location/v0.1', '/v0.1/location'],
    schemes: ['bearer'],
    endpoints: network.location,
    refusals,
  },
  {
    name: 'meetings',
    hosts: europe,
    paths: ['/v1/meetings', '/beta/meetings', '/meetings'],
    schemes: ['bearer'],
    endpoints: sunset.meetings,
    refusals,
  },
  {
    name: 'proactive-connect',
    hosts: europe,
    paths: ['/v0.1/bulk'],
    schemes: ['bearer'],
    endpoints: sunset.proactiveConnect,
    refusals,
  },
  {
    name: 'video',
    hosts: ['video.api.vonage.com'],
    paths: ['/'],
    schemes: ['bearer'],
    endpoints: media.video,
    refusals,
  },
  {
    name: 'opentok',
    hosts: ['api.opentok.com'],
    paths: ['/'],
    schemes: ['opentok'],
    endpoints: media.video,
    refusals: refusalResponses.opentok,
  },
];
