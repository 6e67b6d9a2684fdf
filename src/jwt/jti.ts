import { v4 } from 'uuid';

/** A new token ID: a UUID of version 4 (RFC 9562). */
export function newJti(): string {
  return v4();
}
