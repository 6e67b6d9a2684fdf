/** Why the platform refuses a request, and how to solve the problem. */
export type RefusalExplanation = {
  /** Why the platform refused the request. */
  cause: string;
  /** How to make the request succeed. */
  remedy: string;
  /** The platform's code for the cause. Undefined if the explanation is for the HTTP status alone. */
  code?: string | undefined;
};

/** A cause of refusals, and how responses name it. */
type Row = {
  /**
   * Names of the cause, in lower case with hyphens. In a response, such a name is a code, a title, or the end of a
   * problem type.
   */
  types?: readonly string[];
  /** Statuses that SMS, Verify and Number Insight give with HTTP 200. */
  statuses?: readonly string[];
  /** The HTTP status that stands for the cause if the response names no known cause. */
  http?: number;
  cause: string;
  remedy: string;
};

/**
 * The causes that concern credentials, permissions and accounts.
 *
 * The types are those of the platform's error catalogue ("API errors", `config/api-errors.yml` of
 * Nexmo/nexmo-developer) and of its API definitions (Nexmo/api-specification: `UNAUTHORIZED` in redact.yml).
 * Other names: `unathorized` is the spelling of Messages (in the tests of the official SDKs), `bad-credentials` is the
 * text of status 4, `unauthenticated` and `permission-denied` are codes of the network APIs (CAMARA), and
 * `invalid-token` and `insufficient-scope` are codes of RFC 6750. The statuses are those of sms.yml, verify.yml and
 * number-insight.yml. Status 19 is left out, because its meaning differs between products.
 */
export const refusalCauses: readonly Row[] = [
  {
    types: ['unauthorized', 'unathorized', 'unauthenticated', 'invalid-token', 'bad-credentials'],
    http: 401,
    cause: 'The API key and secret, or the token, are missing or wrong.',
    remedy:
      'Check the API key and secret. If the request has a token, check that its application ID and private key belong together, and that your clock is right.',
  },
  {
    statuses: ['4'],
    cause: 'The API key or secret is wrong, or the key is disabled.',
    remedy: 'Compare both with the dashboard. The signature secret is not the API secret.',
  },
  {
    types: ['invalid-api-key'],
    cause: 'The API key in the URL does not exist, or you have no access to its account.',
    remedy: 'Correct the API key in the URL, or use the credentials of its account.',
  },
  {
    types: ['jwt-expired'],
    cause: 'The token has expired.',
    remedy: 'Check your clock. If you pass a token of your own, generate a new one.',
  },
  {
    types: ['jwt-revoked'],
    cause: 'The token has been revoked.',
    remedy: 'Generate a new token with the current private key of the application.',
  },
  {
    types: ['invalid-signature'],
    statuses: ['14'],
    cause: 'The signature of the request is wrong.',
    remedy:
      "Check that the signature secret (not the API secret) and signatureMethod are those of your account's settings, and that nothing changes the parameters after they are signed.",
  },
  {
    types: ['multiple-auth-methods'],
    cause: 'The request has more than one credential.',
    remedy:
      'Remove your own credential, or set only one of Authorization, api_key with api_secret, and sig.',
  },
  {
    statuses: ['32'],
    cause: 'The request has both a signature and an API secret.',
    remedy: 'Remove api_secret from the request, or do not sign it.',
  },
  {
    types: ['invalid-ip'],
    cause: 'The account accepts requests only from certain IP addresses, and yours is not one.',
    remedy:
      'Add the public IP address of this machine (or of its proxy) to the list in the account settings.',
  },
  {
    types: ['application-suspended'],
    cause: 'The application is suspended.',
    remedy: 'Enable the application in the dashboard, or use another one.',
  },
  {
    types: ['account-suspended'],
    statuses: ['8'],
    cause: 'The account is suspended.',
    remedy: 'Contact the support of the platform.',
  },
  {
    types: ['unprovisioned'],
    cause: 'The credentials are valid, but the account has no access to this product.',
    remedy: 'Check that the API key is the intended one, and have the product enabled for it.',
  },
  {
    statuses: ['11'],
    cause: 'The account may not send SMS over HTTP.',
    remedy: 'Use SMPP, or ask the support of the platform to enable the SMS API.',
  },
  {
    types: ['low-balance'],
    statuses: ['9'],
    http: 402,
    cause: 'The balance of the account is too low.',
    remedy:
      'Add credit in the dashboard. Check that the API key is the one of the intended account.',
  },
  {
    statuses: ['29'],
    cause: 'The account is in demo mode and may only contact the numbers on its list.',
    remedy: 'Add the number to the list in the dashboard, or add credit to leave the demo mode.',
  },
  {
    types: ['forbidden', 'permission-denied', 'insufficient-scope'],
    http: 403,
    cause: 'The credential is valid, but lacks a permission.',
    remedy:
      'Check that the credential is the one of the intended account or application, that the feature is enabled for it, and that the acl of the token allows the path.',
  },
];

/** The cause if a host refuses a token and the host's clock differs from the local clock. */
export const wrongClock = {
  cause: 'Your clock differs from the one of the platform.',
  remedy: 'Set the clock of this machine, for example with NTP.',
} satisfies Row;

/** The `statuses` of all causes. */
export const refusingStatuses = refusalCauses.flatMap(({ statuses = [] }) => statuses);

/** The parts of a response that can name the cause of a refusal. */
export type CauseNames = {
  status?: number | undefined;
  type?: string | undefined;
  code?: string | undefined;
  title?: string | undefined;
};

/**
 * Looks up the cause. With HTTP 200, looks up only `code`. Otherwise looks up `type`, then `code`, then the HTTP
 * status. If there is neither a type nor a code, looks up `title` instead of them. A title is free text, so it is less
 * reliable.
 */
export function causeOf({ status, type, code, title }: CauseNames): RefusalExplanation | undefined {
  if (status === 200) return explain((row) => row.statuses?.find((each) => each === code));
  const names = [type, code].filter((name) => name !== undefined);
  return (
    (names.length > 0 ? names : [title]).map(byType).find((found) => found !== undefined) ??
    explain((row) => (row.http !== undefined && row.http === status ? '' : undefined))
  );
}

/** The maximum length of a type, in characters. Every type of the platform is shorter. */
const maximumLength = 200;

function byType(text: string | undefined): RefusalExplanation | undefined {
  if (text === undefined || text.length > maximumLength) return undefined;
  const name = normalizeType(text);
  return explain(({ types = [] }) => (types.includes(name) ? types[0] : undefined));
}

/**
 * `https://developer.nexmo.com/api-errors#jwt-expired` becomes `jwt-expired`, and `UNAUTHORIZED` becomes
 * `unauthorized`.
 */
function normalizeType(type: string): string {
  return type
    .slice(type.lastIndexOf('#') + 1)
    .toLowerCase()
    .replace(/[_\s]/g, '-');
}

/** The explanation of the first row for which `codeIn` returns a code. An empty code is left out of the explanation. */
function explain(codeIn: (row: Row) => string | undefined): RefusalExplanation | undefined {
  for (const row of refusalCauses) {
    const code = codeIn(row);
    const { cause, remedy } = row;
    if (code !== undefined) return code === '' ? { cause, remedy } : { cause, remedy, code };
  }
  return undefined;
}
