import { NexmoAuthError, type NexmoAuthErrorCode } from 'nexmo-auth';

/** The errors of all requests. `code` is for programs, `message` for people. */
export class AcmeError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The request got no credential: the configuration, a provider or a signer is at fault. */
export class CredentialsError extends AcmeError<NexmoAuthErrorCode> {}

/** The platform refuses the credentials or the account. `code` is the platform's, such as `jwt-expired`. */
export class RefusedError extends AcmeError {}

/** The platform reports another error. */
export class ApiError extends AcmeError {
  readonly body: unknown;

  constructor(code: string, message: string, body: unknown) {
    super(code, message);
    this.body = body;
  }
}

/** There is no answer. nexmo-auth keeps the credential out of `cause`, the error of the HTTP client. */
export class ConnectionError extends AcmeError<'NO_ANSWER'> {}

/** Turns what an HTTP client rejects with into an AcmeError. */
export function fail(error: unknown): never {
  if (error instanceof NexmoAuthError) throw new CredentialsError(error.code, error.message);
  throw new ConnectionError('NO_ANSWER', 'The platform did not answer.', { cause: error });
}
