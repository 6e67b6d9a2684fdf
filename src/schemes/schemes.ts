import type { CredentialKind } from '../credentials/credentials';
import { basic } from './basic';
import { bearer } from './bearer';
import { body, query } from './key-secret';
import { oauth1 } from './oauth1';
import { opentok } from './opentok';
import type { AttachCredential, Scheme } from './scheme';
import { signature } from './signature';

/** Each scheme with the kind of credential that it needs. */
export const schemes: Record<Scheme, { needs: CredentialKind; attach: AttachCredential }> = {
  query: { needs: 'key-secret', attach: query },
  body: { needs: 'key-secret', attach: body },
  basic: { needs: 'key-secret', attach: basic },
  bearer: { needs: 'application', attach: bearer },
  signature: { needs: 'signature', attach: signature },
  oauth1: { needs: 'oauth1', attach: oauth1 },
  opentok: { needs: 'opentok', attach: opentok },
};
