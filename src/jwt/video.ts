import { NexmoAuthError } from '../errors';
import { readOptions, refuseUnknown } from '../options';
import { checkJwtOptions, type JwtOptions, requireText } from './claims';

/** The permissions of a client in a video session. */
export type VideoRole = 'publisher' | 'subscriber' | 'moderator' | 'publisheronly';

const roles: readonly VideoRole[] = ['publisher', 'subscriber', 'moderator', 'publisheronly'];

/** The options of `generateVideoToken`. */
export type VideoTokenOptions = Pick<JwtOptions, 'ttl' | 'exp' | 'iat' | 'jti'> & {
  /** The ID of the session that the client may join. */
  sessionId: string;
  /** The role of the client (default: `publisher`). */
  role?: VideoRole | undefined;
  /** Layout classes for a recording. The name of a class must not contain white space. */
  initialLayoutClassList?: readonly string[] | undefined;
  /** Text that the other clients get, at most 1,000 characters. Anyone with the token can read it. */
  connectionData?: string | undefined;
};

/** Bounds of the lifetime, in seconds. The maximum is 30 days. (For tokens of other APIs, the maximum is one day.) */
export const videoLifetime = { minimum: 30, maximum: 2_592_000 };

/**
 * Converts the options of a video token to JWT options (Video API, "Create a token"). Does not check whether the
 * session exists.
 *
 * @throws NexmoAuthError `ERR_CLAIM_INVALID`, `ERR_TTL_WITH_EXP`, `ERR_INVALID_OPTION`; `ERR_LIFETIME_OUT_OF_BOUNDS`
 * for `ttl`
 */
export function videoJwtOptions(options: VideoTokenOptions): JwtOptions {
  return readOptions(options, 'The options of a video token', toJwtOptions, 'ERR_CLAIM_INVALID');
}

function toJwtOptions(options: VideoTokenOptions): JwtOptions {
  const { ttl, exp, iat, jti, ...session } = options;
  const { sessionId, role = 'publisher', ...display } = session;
  const { connectionData, initialLayoutClassList = [], ...unknown } = display;
  refuseUnknown(unknown, 'the options of a video token');
  if (!roles.includes(role)) {
    throw new NexmoAuthError('ERR_CLAIM_INVALID', `role must be one of ${roles.join(', ')}.`);
  }
  const claims = {
    scope: 'session.connect',
    session_id: requireText(sessionId, 'sessionId'),
    role,
    initial_layout_class_list: requireClassList(initialLayoutClassList).join(' '),
    ...(connectionData !== undefined && {
      connection_data: requireConnectionData(connectionData),
    }),
  };
  const acl = { paths: { '/session/**': {} } };
  return checkJwtOptions({ ttl, exp, iat, jti, sub: 'video', acl, claims }, videoLifetime);
}

/** Checks the platform's limit of 1,000 characters (Video API, "Create a token"). */
function requireConnectionData(data: unknown): string {
  const text = requireText(data, 'connectionData');
  if (text.length <= 1000) return text;
  throw new NexmoAuthError(
    'ERR_CLAIM_INVALID',
    `connectionData has ${text.length} characters, but the platform accepts at most 1000.`,
  );
}

function requireClassList(names: unknown): readonly string[] {
  if (Array.isArray(names) && Array.from(names).every(isClassName)) return names as string[];
  throw new NexmoAuthError(
    'ERR_CLAIM_INVALID',
    'initialLayoutClassList must be a list of names without white space.',
  );
}

function isClassName(name: unknown): boolean {
  return typeof name === 'string' && /^\S+$/.test(name);
}
