import * as account from './endpoints/account';
import * as applications from './endpoints/applications';
import * as conversations from './endpoints/conversations';
import type { Endpoint } from './endpoints/endpoint';
import * as insight from './endpoints/insight';
import * as media from './endpoints/media';
import * as messages from './endpoints/messages';
import * as pricing from './endpoints/pricing';
import * as reports from './endpoints/reports';
import * as sms from './endpoints/sms';
import * as subaccounts from './endpoints/subaccounts';
import * as verify from './endpoints/verify';
import * as voice from './endpoints/voice';
import { apiHosts as api, restHosts as rest } from './hosts';
import { type Refusals, refusals } from './refusal-responses';
import { type XmlWriter, xmlAnswers } from './xml-responses';

export type SandboxScheme = 'query' | 'body' | 'basic' | 'signature' | 'bearer' | 'oauth1';

/** A product as the platform's documentation has it; `*` in a path stands for one segment. */
export type DocumentedProduct = {
  name: string;
  hosts: readonly string[];
  paths: readonly string[];
  /** The default first. */
  schemes: readonly [SandboxScheme, ...SandboxScheme[]];
  endpoints: readonly Endpoint[];
  refusals: Refusals;
  xml?: XmlWriter;
};

/** Written from the documentation, on purpose apart from the table of the library under test. */
export const documentedProducts: readonly DocumentedProduct[] = [
  {
    name: 'sms',
    hosts: rest,
    paths: ['/sms/'],
    schemes: ['query', 'body', 'basic', 'signature', 'oauth1'],
    endpoints: sms.sms,
    refusals: refusals.sms,
    xml: xmlAnswers.sms,
  },
  {
    name: 'verify',
    hosts: api,
    paths: ['/verify/'],
    schemes: ['query', 'body', 'basic'],
    endpoints: verify.verify,
    refusals: refusals.verify,
    xml: xmlAnswers.verify,
  },
  {
    name: 'number-insight',
    hosts: api,
    paths: ['/ni/'],
    schemes: ['query', 'basic'],
    endpoints: insight.numberInsight,
    refusals: refusals.numberInsight,
    xml: xmlAnswers.numberInsight,
  },
  {
    name: 'conversion',
    hosts: api,
    paths: ['/conversions/'],
    schemes: ['query', 'signature', 'basic'],
    endpoints: sms.conversion,
    refusals: refusals.conversion,
  },
  {
    name: 'account',
    hosts: rest,
    paths: ['/account/'],
    schemes: ['query', 'basic'],
    endpoints: account.account,
    refusals: refusals.account,
  },
  {
    name: 'pricing',
    hosts: rest,
    paths: ['/account/get-pricing', '/account/get-full-pricing', '/account/get-prefix-pricing'],
    schemes: ['query', 'basic'],
    endpoints: pricing.pricing,
    refusals: refusals.account,
  },
  {
    name: 'numbers',
    hosts: rest,
    paths: ['/number/', '/account/numbers'],
    schemes: ['query', 'basic'],
    endpoints: account.numbers,
    refusals: refusals.account,
  },
  {
    name: 'developer',
    hosts: rest,
    paths: ['/search/', '/'],
    schemes: ['query', 'basic'],
    endpoints: account.developer,
    refusals: refusals.account,
  },
  {
    name: 'voice',
    hosts: api,
    paths: ['/v1/calls', '/v2/calls'],
    schemes: ['bearer'],
    endpoints: voice.voice,
    refusals: refusals.voice,
  },
  {
    name: 'files',
    hosts: api,
    paths: ['/v1/files/'],
    schemes: ['bearer'],
    endpoints: voice.files,
    refusals: refusals.voice,
  },
  {
    name: 'conversations',
    hosts: api,
    paths: ['v0.1', 'v0.2', 'v0.3', 'v1'].flatMap((version) => [
      `/${version}/conversations`,
      `/${version}/legs`,
    ]),
    schemes: ['bearer'],
    endpoints: conversations.conversations,
    refusals: refusals.voice,
  },
  {
    name: 'users',
    hosts: api,
    paths: ['/v0.1/users', '/v0.2/users', '/v1/users'],
    schemes: ['bearer'],
    endpoints: conversations.users,
    refusals: refusals.voice,
  },
  {
    name: 'messages',
    hosts: [...api, 'messages-sandbox.nexmo.com'],
    paths: ['/v1/messages', '/v0.1/messages'],
    schemes: ['bearer', 'basic'],
    endpoints: messages.messages,
    refusals: refusals.newer,
  },
  {
    name: 'dispatch',
    hosts: api,
    paths: ['/v0.1/dispatch'],
    schemes: ['bearer', 'basic'],
    endpoints: messages.dispatch,
    refusals: refusals.newer,
  },
  {
    name: 'verify-v2',
    hosts: api,
    paths: ['/v2/verify'],
    schemes: ['bearer', 'basic'],
    endpoints: verify.verifyV2,
    refusals: refusals.newer,
  },
  {
    name: 'external-accounts',
    hosts: api,
    paths: ['/beta/chatapp-accounts'],
    schemes: ['bearer', 'basic'],
    endpoints: messages.externalAccounts,
    refusals: refusals.externalAccounts,
  },
  {
    name: 'media',
    hosts: api,
    paths: ['/v3/media'],
    schemes: ['bearer', 'basic', 'query'],
    endpoints: media.media,
    refusals: refusals.newer,
  },
  {
    name: 'applications',
    hosts: api,
    paths: ['/v2/applications'],
    schemes: ['basic'],
    endpoints: applications.applications,
    refusals: refusals.applications,
  },
  {
    name: 'applications-v1',
    hosts: api,
    paths: ['/v1/applications'],
    schemes: ['query'],
    endpoints: applications.applicationsV1,
    refusals: refusals.voice,
  },
  {
    name: 'secrets',
    hosts: [...api, ...rest],
    paths: ['/accounts/*/secrets'],
    schemes: ['basic'],
    endpoints: subaccounts.secrets,
    refusals: refusals.secrets,
  },
  {
    name: 'subaccounts',
    hosts: [...api, ...rest],
    paths: ['subaccounts', 'credit-transfers', 'balance-transfers', 'transfer-number'].map(
      (name) => `/accounts/*/${name}`,
    ),
    schemes: ['basic'],
    endpoints: subaccounts.subaccounts,
    refusals: refusals.subaccounts,
  },
  {
    name: 'pricing-v2',
    hosts: api,
    paths: ['/v2/account/pricing'],
    schemes: ['basic'],
    endpoints: pricing.pricingV2,
    refusals: refusals.newer,
  },
  {
    name: 'number-insight-v2',
    hosts: api,
    paths: ['/v2/ni'],
    schemes: ['basic'],
    endpoints: insight.numberInsightV2,
    refusals: refusals.newer,
  },
  {
    name: 'audit',
    hosts: api,
    paths: ['/beta/audit'],
    schemes: ['basic'],
    endpoints: reports.audit,
    refusals: refusals.audit,
  },
  {
    name: 'redact',
    hosts: api,
    paths: ['/v1/redact'],
    schemes: ['basic'],
    endpoints: reports.redact,
    refusals: refusals.redact,
  },
  {
    name: 'reports',
    hosts: api,
    paths: ['/v2/reports'],
    schemes: ['basic'],
    endpoints: reports.reports,
    refusals: refusals.reports,
  },
  {
    name: 'identity-insights',
    hosts: ['api-eu.vonage.com'],
    paths: ['/identity-insights'],
    schemes: ['bearer'],
    endpoints: insight.identityInsights,
    refusals: refusals.newer,
  },
  {
    name: 'video',
    hosts: ['video.api.vonage.com'],
    paths: ['/'],
    schemes: ['bearer'],
    endpoints: media.video,
    refusals: refusals.newer,
  },
];
