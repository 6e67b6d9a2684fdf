/** The formats of an Authorization header by authentication scheme, as refusals show them. */
export const headerFormats = {
  basic: '"Basic <base64>"',
  bearer: '"Bearer <JWT>"',
  oauth1: '"OAuth <parameters>"',
} as const;

export type HeaderScheme = keyof typeof headerFormats;

export type Authorization = {
  /** `undefined` for a scheme that the platform does not know. */
  scheme: HeaderScheme | undefined;
  credentials: string;
};

const schemes = new Map<string, HeaderScheme>([
  ['basic', 'basic'],
  ['bearer', 'bearer'],
  ['oauth', 'oauth1'],
]);

/**
 * Parses an Authorization header: a case-insensitive scheme (RFC 9110 section 11.1), spaces, and the credentials
 * (section 11.4).
 */
export function parseAuthorization(header: string): Authorization {
  const end = header.search(/\s|$/);
  const scheme = schemes.get(header.slice(0, end).toLowerCase());
  return { scheme, credentials: header.slice(end).replace(/^ +/, '') };
}
