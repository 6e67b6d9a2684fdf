let uuid: typeof import('uuid') | undefined;

/**
 * A new token ID. Loads `uuid` at the first call and keeps it, because `require` takes time even for a cached module.
 */
export function newJti(): string {
  uuid ??= require('uuid') as typeof import('uuid');
  return uuid.v4();
}
