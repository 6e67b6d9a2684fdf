import { apiHosts, type DocumentedProduct, rest } from './documented-product';
import * as account from './endpoints/account';
import * as applications from './endpoints/applications';
import * as conversations from './endpoints/conversations';
import * as insight from './endpoints/insight';
import * as media from './endpoints/media';
import * as messages from './endpoints/messages';
import * as pricing from './endpoints/pricing';
import * as reports from './endpoints/reports';
import * as sms from './endpoints/sms';
import * as subaccounts from './endpoints/subaccounts';
import * as verify from './endpoints/verify';
import * as voice from './endpoints/voice';
import { newerProducts } from './newer-products';
import { refusalResponses } from './refusal-responses';
import { xmlWriters } from './xml-responses';

/**
 * The platform's products. This table was written from the documentation, independently of the product table of the
 * library under test.
 */
export const documentedProducts: readonly DocumentedProduct[] = [
  {
    name: 'sms',
    hosts: rest,
    paths: ['/sms/'],
    schemes: ['query', 'body', 'basic', 'signature', 'oauth1'],
    endpoints: sms.sms,
    refusals: refusalResponses.sms,
    xml: xmlWriters.sms,
  },
  {
    name: 'verify',
    hosts: apiHosts,
    paths: ['/verify/'],
    schemes: ['query', 'body', 'basic'],
    endpoints: verify.verify,
    refusals: refusalResponses.verify,
    xml: xmlWriters.verify,
  },
  {
    name: 'number-insight',
    hosts: apiHosts,
    paths: ['/ni/'],
    schemes: ['query', 'basic'],
    endpoints: insight.numberInsight,
    refusals: refusalResponses.numberInsight,
    xml: xmlWriters.numberInsight,
  },
  {
    name: 'conversion',
    hosts: apiHosts,
    paths: ['/conversions/'],
    schemes: ['query', 'signature', 'basic'],
    endpoints: sms.conversion,
    refusals: refusalResponses.conversion,
  },
  {
    name: 'account',
    hosts: rest,
    paths: ['/account/'],
    schemes: ['query', 'basic'],
    endpoints: account.account,
    refusals: refusalResponses.account,
  },
  {
    name: 'pricing',
    hosts: rest,
    paths: ['/account/get-pricing', '/account/get-full-pricing', '/account/get-prefix-pricing'],
    schemes: ['query', 'basic'],
    endpoints: pricing.pricing,
    refusals: refusalResponses.account,
  },
  {
    name: 'numbers',
    hosts: rest,
    paths: ['/number/', '/account/numbers'],
    schemes: ['query', 'basic'],
    endpoints: account.numbers,
    refusals: refusalResponses.account,
  },
  {
    name: 'developer',
    hosts: rest,
    paths: ['/search/', '/'],
    schemes: ['query', 'basic'],
    endpoints: account.developer,
    refusals: refusalResponses.account,
  },
  {
    name: 'voice',
    hosts: apiHosts,
    paths: ['/v1/calls', '/v2/calls'],
    schemes: ['bearer'],
    endpoints: voice.voice,
    refusals: refusalResponses.voice,
  },
  {
    name: 'files',
    hosts: apiHosts,
    paths: ['/v1/files/', '/v3/files/'],
    schemes: ['bearer'],
    endpoints: voice.files,
    refusals: refusalResponses.voice,
  },
  {
    name: 'conversations',
    hosts: apiHosts,
    paths: ['v0.1', 'v0.2', 'v0.3', 'v1', 'beta'].flatMap((version) => [
      `/${version}/conversations`,
      `/${version}/legs`,
    ]),
    schemes: ['bearer'],
    endpoints: conversations.conversations,
    refusals: refusalResponses.voice,
  },
  {
    name: 'users',
    hosts: apiHosts,
    paths: ['v0.1', 'v0.2', 'v0.3', 'v1', 'beta'].map((version) => `/${version}/users`),
    schemes: ['bearer'],
    endpoints: conversations.users,
    refusals: refusalResponses.voice,
  },
  {
    name: 'messages',
    hosts: [...apiHosts, 'messages-sandbox.nexmo.com'],
    paths: ['/v1/messages', '/v0.1/messages'],
    schemes: ['bearer', 'basic'],
    endpoints: messages.messages,
    refusals: refusalResponses.newer,
  },
  {
    name: 'dispatch',
    hosts: apiHosts,
    paths: ['/v0.1/dispatch'],
    schemes: ['bearer', 'basic'],
    endpoints: messages.dispatch,
    refusals: refusalResponses.newer,
  },
  {
    name: 'verify-v2',
    hosts: apiHosts,
    paths: ['/v2/verify'],
    schemes: ['bearer', 'basic'],
    endpoints: verify.verifyV2,
    refusals: refusalResponses.newer,
  },
  {
    name: 'external-accounts',
    hosts: apiHosts,
    paths: ['/beta/chatapp-accounts'],
    schemes: ['bearer', 'basic'],
    endpoints: messages.externalAccounts,
    refusals: refusalResponses.externalAccounts,
  },
  {
    name: 'media',
    hosts: apiHosts,
    paths: ['/v3/media'],
    schemes: ['bearer', 'basic', 'query'],
    endpoints: media.media,
    refusals: refusalResponses.newer,
  },
  {
    name: 'applications',
    hosts: apiHosts,
    paths: ['/v2/applications'],
    schemes: ['basic'],
    endpoints: applications.applications,
    refusals: refusalResponses.applications,
  },
  {
    name: 'applications-v1',
    hosts: apiHosts,
    paths: ['/v1/applications'],
    schemes: ['query'],
    endpoints: applications.applicationsV1,
    refusals: refusalResponses.voice,
  },
  {
    name: 'secrets',
    hosts: [...apiHosts, ...rest],
    paths: ['/accounts/*/secrets'],
    schemes: ['basic'],
    endpoints: subaccounts.secrets,
    refusals: refusalResponses.secrets,
  },
  {
    name: 'subaccounts',
    hosts: [...apiHosts, ...rest],
    paths: ['subaccounts', 'credit-transfers', 'balance-transfers', 'transfer-number'].map(
      (name) => `/accounts/*/${name}`,
    ),
    schemes: ['basic'],
    endpoints: subaccounts.subaccounts,
    refusals: refusalResponses.subaccounts,
  },
  {
    name: 'pricing-v2',
    hosts: apiHosts,
    paths: ['/v2/account/pricing'],
    schemes: ['basic'],
    endpoints: pricing.pricingV2,
    refusals: refusalResponses.newer,
  },
  {
    name: 'number-insight-v2',
    hosts: apiHosts,
    paths: ['/v2/ni'],
    schemes: ['basic'],
    endpoints: insight.numberInsightV2,
    refusals: refusalResponses.newer,
  },
  {
    name: 'audit',
    hosts: apiHosts,
    paths: ['/beta/audit'],
    schemes: ['basic'],
    endpoints: reports.audit,
    refusals: refusalResponses.audit,
  },
  {
    name: 'redact',
    hosts: apiHosts,
    paths: ['/v1/redact'],
    schemes: ['basic'],
    endpoints: reports.redact,
    refusals: refusalResponses.redact,
  },
  {
    name: 'reports',
    hosts: apiHosts,
    paths: ['/v2/reports'],
    schemes: ['basic'],
    endpoints: reports.reports,
    refusals: refusalResponses.reports,
  },
  ...newerProducts,
];
