import type { Scheme } from '../schemes/scheme';

/**
 * One API of the platform. A URL covers all URLs below it, by whole path segments. `*` stands for one segment. The
 * schemes are in order of preference. Of the schemes whose credentials are set, the first one is used.
 */
export type Product = {
  /** The name, which the options `product` and `schemes` take. */
  readonly name: string;
  /**
   * Absolute URLs, with `https:`, or with `http:` and a loopback host. Products that must not get each other's
   * credentials need different hosts, since a server may read a path by rules of its own (`/admin.json`).
   */
  readonly urls: readonly string[];
  /** The schemes that the product accepts. */
  readonly schemes: readonly [Scheme, ...Scheme[]];
  /** Only for a product that refuses a credential by other means than HTTP 401. */
  readonly refusal?: Refusal | undefined;
};

/**
 * How a product refuses a credential in the body of an HTTP 200 response. `json` and `xml` say where a JSON or XML body
 * has its codes. `codes` lists the codes that are refusals.
 */
export type Refusal = {
  /** Paths of names separated by dots, such as `messages.*.status`. `*` stands for every item of an array. */
  readonly json?: readonly string[] | undefined;
  /** Names of elements at any depth (`status`), and of attributes of such elements (`error@code`). */
  readonly xml?: readonly string[] | undefined;
  /** The codes as strings, even if the body has numbers: `'4'` also matches the number 4. */
  readonly codes: readonly string[];
};

export type BuiltInProduct = Product & { readonly deprecated?: Deprecation };

/** What the platform says about the end of a product. */
export type Deprecation = {
  /** The last day of the product, in ISO 8601. Undefined if no last day was announced. */
  readonly ends?: string;
  /** The product to use instead. */
  readonly successor?: string;
  /** The code of the process warning. Undefined for a product that hardly anybody can still use. */
  readonly warning?: string;
};

/**
 * Hosts that serve the same APIs as a main host. The platform returns these hosts in links and as `region_url`.
 * Sources: the guides "Troubleshooting" of Voice, "Configure the data center" of the Client SDK and "Contact center"
 * (rest-us-1), and the Voice examples for data centers (rest-sg-1).
 */
export const regionalHosts = {
  'api.nexmo.com': [
    ...['us', 'eu', 'ap'].flatMap((area) => [`api-${area}.nexmo.com`, `api-${area}.vonage.com`]),
    ...['us-1', 'us-2', 'eu-1', 'eu-2', 'sg-1'].map((area) => `api-${area}.nexmo.com`),
    ...['us-3', 'us-4', 'eu-3', 'eu-4', 'ap-3', 'ap-4'].map((area) => `api-${area}.vonage.com`),
  ],
  'rest.nexmo.com': ['rest-us-1.nexmo.com', 'rest-sg-1.nexmo.com'],
} as const satisfies Record<string, readonly string[]>;

const at =
  (host: string) =>
  (...paths: string[]) =>
    paths.map((path) => `https://${host}/${path}`);
const api = at('api.nexmo.com');
const rest = at('rest.nexmo.com');
const europe = at('api-eu.vonage.com');
/**
 * The URLs of account paths, on api.nexmo.com and on rest.nexmo.com. On rest.nexmo.com, these paths would otherwise
 * match the product `developer`, which puts the secret into the URL.
 */
const accounts = (...names: string[]) =>
  names.flatMap((name) => [...api(`accounts/*/${name}`), ...rest(`accounts/*/${name}`)]);
const versions = (names: readonly string[], ...paths: string[]) =>
  api(...paths.flatMap((path) => names.map((name) => `${name}/${path}`)));

/**
 * Status 4 means bad credentials, and 14 means a wrong signature (API reference of each product). The response to an
 * SMS has a message with a status for each part of the SMS (guide "Troubleshooting SMS"). In the XML of Number Insight,
 * only the asynchronous response has the status in an element.
 */
const refusals = {
  sms: { json: ['messages.*.status'], xml: ['status'], codes: ['4', '14'] },
  verify: { json: ['status'], xml: ['status'], codes: ['4'] },
  numberInsight: { json: ['status'], xml: ['status', 'error@code'], codes: ['4'] },
} satisfies Record<string, Refusal>;

/**
 * The built-in products, their URLs and their schemes. The URLs on api.nexmo.com and rest.nexmo.com also stand for the
 * same paths on the regional hosts. The order of the schemes is our choice: first the scheme of the authentication
 * guide, then the schemes that keep more of the credential out of logs.
 *
 * The comment above a row names its sources. A file name, such as `sms.yml`, means a file in `definitions` of
 * github.com/Nexmo/api-specification. "reference" means a page at developer.vonage.com/en/api, and "SDK" means one of
 * the official server SDKs. The authentication guide (2017 to 2021) and the table of authentication methods at
 * developer.vonage.com are further sources of every product that they list.
 */
export const products: readonly BuiltInProduct[] = [
  // sms.yml
  {
    name: 'sms',
    urls: rest('sms/'),
    schemes: ['query', 'body', 'basic', 'signature', 'oauth1'],
    refusal: refusals.sms,
  },
  // verify.yml; deprecated in reference verify
  {
    name: 'verify',
    urls: api('verify/'),
    schemes: ['query', 'body', 'basic'],
    refusal: refusals.verify,
    deprecated: { successor: 'verify-v2', warning: 'NEXMO_AUTH_DEP_VERIFY' },
  },
  // number-insight.yml; the end date: guide "Number Insights transition"
  {
    name: 'number-insight',
    urls: api('ni/'),
    schemes: ['query', 'basic'],
    refusal: refusals.numberInsight,
    deprecated: {
      ends: '2027-02-04',
      successor: 'identity-insights',
      warning: 'NEXMO_AUTH_DEP_NUMBER_INSIGHT',
    },
  },
  // conversion.yml
  { name: 'conversion', urls: api('conversions/'), schemes: ['query', 'signature', 'basic'] },
  // account.yml
  { name: 'account', urls: rest('account/'), schemes: ['query', 'basic'] },
  // pricing.yml
  {
    name: 'pricing',
    urls: rest('account/get-pricing', 'account/get-full-pricing', 'account/get-prefix-pricing'),
    schemes: ['query', 'basic'],
  },
  // numbers.yml
  { name: 'numbers', urls: rest('number/', 'account/numbers'), schemes: ['query', 'basic'] },
  // developer/messages.yml; short codes and USSD: Ruby, PHP, .NET and Python 3 SDKs
  { name: 'developer', urls: rest('search/', ''), schemes: ['query', 'basic'] },
  // voice.yml, voice.v2.yml
  { name: 'voice', urls: versions(['v1', 'v2'], 'calls'), schemes: ['bearer'] },
  // guide "Recording" of Voice; v3: Node SDK
  { name: 'files', urls: api('v1/files/', 'v3/files/'), schemes: ['bearer'] },
  // conversation.yml, conversation.v2.yml; beta: Ruby SDK
  {
    name: 'conversations',
    urls: versions(['v0.1', 'v0.2', 'v0.3', 'v1', 'beta'], 'conversations', 'legs'),
    schemes: ['bearer'],
  },
  // conversation.yml, conversation.v2.yml; beta: Ruby SDK
  {
    name: 'users',
    urls: versions(['v0.1', 'v0.2', 'v0.3', 'v1', 'beta'], 'users'),
    schemes: ['bearer'],
  },
  // messages-olympus.yml, reference messages; guide "Messages API Sandbox"
  {
    name: 'messages',
    urls: [
      ...versions(['v1', 'v0.1'], 'messages'),
      ...at('messages-sandbox.nexmo.com')('v1/messages', 'v0.1/messages'),
    ],
    schemes: ['bearer', 'basic'],
  },
  // dispatch.yml
  { name: 'dispatch', urls: api('v0.1/dispatch'), schemes: ['bearer', 'basic'] },
  // reference verify.v2
  { name: 'verify-v2', urls: api('v2/verify'), schemes: ['bearer', 'basic'] },
  // external-accounts.yml
  { name: 'external-accounts', urls: api('beta/chatapp-accounts'), schemes: ['bearer', 'basic'] },
  // media.yml; basic: .NET SDK, for files of reports
  { name: 'media', urls: api('v3/media'), schemes: ['bearer', 'basic', 'query'] },
  // application.v2.yml
  { name: 'applications', urls: api('v2/applications'), schemes: ['basic'] },
  // application.yml, which calls it deprecated
  {
    name: 'applications-v1',
    urls: api('v1/applications'),
    schemes: ['query'],
    deprecated: { successor: 'applications' },
  },
  // account.yml
  { name: 'secrets', urls: accounts('secrets'), schemes: ['basic'] },
  // subaccounts.yml
  {
    name: 'subaccounts',
    urls: accounts('subaccounts', 'credit-transfers', 'balance-transfers', 'transfer-number'),
    schemes: ['basic'],
  },
  // reference pricing.v2
  { name: 'pricing-v2', urls: api('v2/account/pricing'), schemes: ['basic'] },
  // Node and Ruby SDKs, which call it deprecated
  {
    name: 'number-insight-v2',
    urls: api('v2/ni'),
    schemes: ['basic'],
    deprecated: { successor: 'identity-insights' },
  },
  // audit.yml
  { name: 'audit', urls: api('beta/audit'), schemes: ['basic'] },
  // redact.yml
  { name: 'redact', urls: api('v1/redact'), schemes: ['basic'] },
  // reports.yml
  { name: 'reports', urls: api('v2/reports'), schemes: ['basic'] },
  // reference identity-insights; on api.nexmo.com: Python SDK
  {
    name: 'identity-insights',
    urls: api('identity-insights', 'v0.1/identity-insights'),
    schemes: ['bearer'],
  },
  // reference emergency
  { name: 'emergency', urls: api('v1/addresses', 'v1/emergency'), schemes: ['basic'] },
  // references channel-manager and whatsapp-template-management
  {
    name: 'channel-manager',
    urls: api('v1/channel-manager', 'v2/whatsapp-manager'),
    schemes: ['basic'],
  },
  // reference psip
  { name: 'sip', urls: api('v1/psip'), schemes: ['basic'] },
  // reference 10dlc; bearer: the platform's code snippets for curl
  { name: '10dlc', urls: europe('v1/10dlc'), schemes: ['bearer'] },
  // reference tfn-registration
  { name: 'toll-free', urls: api('tfn/v1'), schemes: ['basic'] },
  // reference fraud-defender, which was at v0.1
  { name: 'fraud-defender', urls: versions(['v0.1', 'v1'], 'fraud-defender'), schemes: ['basic'] },
  // reference network-registry
  { name: 'network-registry', urls: europe('v1/network-registry'), schemes: ['basic'] },
  // reference network-enablement
  { name: 'network-enablement', urls: europe('v0.1/network-enablement'), schemes: ['bearer'] },
  // guide "Server authentication" of the network features, the SDKs; oidc: .NET SDK
  {
    name: 'network-auth',
    urls: [
      ...europe('oauth2/bc-authorize', 'oauth2/token'),
      ...at('oidc.idp.vonage.com')('oauth2/auth'),
    ],
    schemes: ['bearer'],
  },
  // reference location-retrieval
  {
    name: 'device-location',
    urls: europe('network-location/v0.1', 'v0.1/location'),
    schemes: ['bearer'],
  },
  // reference meetings, also for the end date; beta: .NET SDK 6; without a version: PHP SDK 4.2
  {
    name: 'meetings',
    urls: europe('v1/meetings', 'beta/meetings', 'meetings'),
    schemes: ['bearer'],
    deprecated: { ends: '2025-06-30', successor: 'video' },
  },
  // PHP and Ruby SDKs, which call it deprecated
  { name: 'proactive-connect', urls: europe('v0.1/bulk'), schemes: ['bearer'], deprecated: {} },
  // reference video
  { name: 'video', urls: at('video.api.vonage.com')(''), schemes: ['bearer'] },
  // OpenTok REST API, "Authentication"
  { name: 'opentok', urls: at('api.opentok.com')(''), schemes: ['opentok'] },
];
