import { NexmoAuthError } from '../errors';
import { reading, refuseUnknown } from '../options';
import { checkJwtOptions, type JwtOptions, requireText } from './claims';

/** What the holder of a video token may do in the session. */
export type VideoRole = 'publisher' | 'subscriber' | 'moderator' | 'publisheronly';

const roles: readonly VideoRole[] = ['publisher', 'subscriber', 'moderator', 'publisheronly'];

export type VideoTokenOptions = Pick<JwtOptions, 'ttl' | 'exp' | 'iat' | 'jti'> & {
  sessionId: string;
  /** `publisher` by default. */
  role?: VideoRole | undefined;
  /** Names of classes for the layout of a recording, none with white space in it. */
  initialLayoutClassList?: readonly string[] | undefined;
  /**
   * What the others in the session are told of this connection: at most 1,000 characters. Anyone who holds the token
   * can read it.
   */
  connectionData?: string | undefined;
};

/** Seconds: 30 days, where other tokens live for a day at most. */
export const videoLifetime = { minimum: 30, maximum: 2_592_000 };

/**
 * The options of a token with which a client connects to a session of the Video API (Video API,
 * "Create a token"). Whether there is such a session is not checked.
 *
 * @throws NexmoAuthError `ERR_CLAIM_INVALID`, `ERR_TTL_WITH_EXP`, `ERR_LIFETIME_OUT_OF_BOUNDS` for
 * `ttl`, `ERR_INVALID_OPTION`
 */
export function videoJwtOptions(options: VideoTokenOptions): JwtOptions {
  return reading(options, 'The options of a video token', toJwtOptions, 'ERR_CLAIM_INVALID');
}

function toJwtOptions(options: VideoTokenOptions): JwtOptions {
  const { ttl, exp, iat, jti, ...session } = options;
  const { sessionId, role = 'publisher', connectionData, ...others } = session;
  const { initialLayoutClassList = [], ...unknown } = others;
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

/** The platform refuses longer ones (Video API, "Create a token"). */
function requireConnectionData(data: unknown): string {
  const text = requireText(data, 'connectionData');
  if (text.length <= 1000) return text;
  throw new NexmoAuthError(
    'ERR_CLAIM_INVALID',
    `connectionData has ${text.length} characters; the platform takes at most 1000.`,
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
