/** The schemes of credentials in an Authorization header, and what such a header looks like. */
export const headerForms = {
  basic: '"Basic <base64>"',
  bearer: '"Bearer <JWT>"',
  oauth1: '"OAuth <parameters>"',
} as const;

export type HeaderScheme = keyof typeof headerForms;

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

/** RFC 9110 section 11.4: a scheme in any case (section 11.1), spaces, and the credentials. */
export function readAuthorization(header: string): Authorization {
  const end = header.search(/\s|$/);
  const scheme = schemes.get(header.slice(0, end).toLowerCase());
  return { scheme, credentials: header.slice(end).replace(/^ +/, '') };
}
