/** Why a request is refused; `undefined` as a whole means that its credential is good. */
export type CredentialFault = { kind: 'missing' | 'wrong' | 'signature'; reason: string };

export const missing = (reason: string): CredentialFault => ({ kind: 'missing', reason });
export const wrong = (reason: string): CredentialFault => ({ kind: 'wrong', reason });
export const signature = (reason: string): CredentialFault => ({ kind: 'signature', reason });
