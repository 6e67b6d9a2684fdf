import type { Scheme } from '../schemes/scheme';

/**
 * One API of the platform. A URL covers all that is below it by whole path segments; `*` stands
 * for one segment. The schemes are in order of preference: the first is used for which the
 * credentials are there.
 */
export type Product = {
  readonly name: string;
  readonly urls: readonly string[];
  readonly schemes: readonly [Scheme, ...Scheme[]];
  /** Only for a product that refuses a credential by other means than HTTP 401. */
  readonly refusal?: Refusal | undefined;
};

/**
 * How a product says in the body of an HTTP 200 answer that it refuses the credential: where it gives
 * a code, in JSON, XML or both, and which codes are refusals.
 */
export type Refusal = {
  /** Paths of names, separated by dots; `*` stands for every item of an array: `messages.*.status`. */
  readonly json?: readonly string[] | undefined;
  /** Elements, wherever they are in the document, and attributes: `status`, `error@code`. */
  readonly xml?: readonly string[] | undefined;
  /** As text, also where the body has a number: `4` is `'4'`. */
  readonly codes: readonly string[];
};

/** Regional hosts stand for api.nexmo.com; they come back in links and as `region_url`. */
const apiHosts = [
  'api.nexmo.com',
  ...['api-us', 'api-eu', 'api-ap'].flatMap((name) => [`${name}.nexmo.com`, `${name}.vonage.com`]),
  ...['api-us-3', 'api-us-4', 'api-eu-3', 'api-eu-4', 'api-ap-3', 'api-ap-4'].map(
    (name) => `${name}.vonage.com`,
  ),
];

const at = (hosts: readonly string[], paths: readonly string[]) =>
  paths.flatMap((path) => hosts.map((host) => `https://${host}/${path}`));
const api = (...paths: string[]) => at(apiHosts, paths);
const rest = (...paths: string[]) => at(['rest.nexmo.com'], paths);
/** Also on rest.nexmo.com, where `developer` would otherwise put the secret into the URL. */
const accounts = (...names: string[]) =>
  at(
    [...apiHosts, 'rest.nexmo.com'],
    names.map((name) => `accounts/*/${name}`),
  );
const versions = (names: readonly string[], ...paths: string[]) =>
  api(...paths.flatMap((path) => names.map((name) => `${name}/${path}`)));

/**
 * Status 4 means bad credentials, 14 a wrong signature (API reference of each product). An SMS in
 * several parts has a message with a status for each (guide "Troubleshooting SMS"); of Number Insight
 * in XML, only the asynchronous answer has an element.
 */
const refusals = {
  sms: { json: ['messages.*.status'], xml: ['status'], codes: ['4', '14'] },
  verify: { json: ['status'], xml: ['status'], codes: ['4'] },
  numberInsight: { json: ['status'], xml: ['status', 'error@code'], codes: ['4'] },
} satisfies Record<string, Refusal>;

/**
 * The built-in products, their URLs and their schemes, after the platform's authentication guide, its OpenAPI definitions,
 * and the table at developer.vonage.com. The order of the schemes is ours: first the one of the guide, then those that
 * keep more out of logs.
 */
export const products: readonly Product[] = [
  {
    name: 'sms',
    urls: rest('sms/'),
    schemes: ['query', 'body', 'basic', 'signature', 'oauth1'],
    refusal: refusals.sms,
  },
  {
    name: 'verify',
    urls: api('verify/'),
    schemes: ['query', 'body', 'basic'],
    refusal: refusals.verify,
  },
  {
    name: 'number-insight',
    urls: api('ni/'),
    schemes: ['query', 'basic'],
    refusal: refusals.numberInsight,
  },
  { name: 'conversion', urls: api('conversions/'), schemes: ['query', 'signature', 'basic'] },
  { name: 'account', urls: rest('account/'), schemes: ['query', 'basic'] },
  {
    name: 'pricing',
    urls: rest('account/get-pricing', 'account/get-full-pricing', 'account/get-prefix-pricing'),
    schemes: ['query', 'basic'],
  },
  { name: 'numbers', urls: rest('number/', 'account/numbers'), schemes: ['query', 'basic'] },
  { name: 'developer', urls: rest('search/', ''), schemes: ['query', 'basic'] },
  { name: 'voice', urls: versions(['v1', 'v2'], 'calls'), schemes: ['bearer'] },
  { name: 'files', urls: api('v1/files/'), schemes: ['bearer'] },
  {
    name: 'conversations',
    urls: versions(['v0.1', 'v0.2', 'v0.3', 'v1'], 'conversations', 'legs'),
    schemes: ['bearer'],
  },
  { name: 'users', urls: versions(['v0.1', 'v0.2', 'v1'], 'users'), schemes: ['bearer'] },
  {
    name: 'messages',
    urls: [
      ...versions(['v1', 'v0.1'], 'messages'),
      ...at(['messages-sandbox.nexmo.com'], ['v1/messages', 'v0.1/messages']),
    ],
    schemes: ['bearer', 'basic'],
  },
  { name: 'dispatch', urls: api('v0.1/dispatch'), schemes: ['bearer', 'basic'] },
  { name: 'verify-v2', urls: api('v2/verify'), schemes: ['bearer', 'basic'] },
  { name: 'external-accounts', urls: api('beta/chatapp-accounts'), schemes: ['bearer', 'basic'] },
  { name: 'media', urls: api('v3/media'), schemes: ['bearer', 'basic', 'query'] },
  { name: 'applications', urls: api('v2/applications'), schemes: ['basic'] },
  { name: 'applications-v1', urls: api('v1/applications'), schemes: ['query'] },
  { name: 'secrets', urls: accounts('secrets'), schemes: ['basic'] },
  {
    name: 'subaccounts',
    urls: accounts('subaccounts', 'credit-transfers', 'balance-transfers', 'transfer-number'),
    schemes: ['basic'],
  },
  { name: 'pricing-v2', urls: api('v2/account/pricing'), schemes: ['basic'] },
  { name: 'number-insight-v2', urls: api('v2/ni'), schemes: ['basic'] },
  { name: 'audit', urls: api('beta/audit'), schemes: ['basic'] },
  { name: 'redact', urls: api('v1/redact'), schemes: ['basic'] },
  { name: 'reports', urls: api('v2/reports'), schemes: ['basic'] },
  {
    name: 'identity-insights',
    urls: at(['api-eu.vonage.com'], ['identity-insights']),
    schemes: ['bearer'],
  },
  { name: 'video', urls: at(['video.api.vonage.com'], ['']), schemes: ['bearer'] },
  /** The legacy Video API (OpenTok REST API, "Authentication"). */
  { name: 'opentok', urls: at(['api.opentok.com'], ['']), schemes: ['opentok'] },
];
