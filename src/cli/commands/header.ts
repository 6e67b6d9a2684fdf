import type { CommandContext } from '../context';
import type { CredentialFlags } from '../credential-options';
import { usageError } from '../cli-error';
import { curlConfig } from '../curl-config';
import { printResult } from '../output';
import { requestTarget } from '../request-target';

export type HeaderOptions = CredentialFlags & { product: string; scheme?: string; curl?: boolean };

/** Prints the header that authenticates requests to a product. */
export async function header(options: HeaderOptions, io: CommandContext): Promise<void> {
  const headerSchemes = ['bearer', 'basic', 'opentok'] as const;
  const { url, product, injector } = await requestTarget(
    options.product,
    options,
    io,
    headerSchemes,
  );
  const attempt = await injector.attempt({ method: 'GET', url }, { product });
  const [found] = Object.entries(attempt.request.headers);
  if (found === undefined) {
    throw usageError(
      `The scheme ${attempt.scheme} of ${attempt.product} uses no header. Use nexmo-auth request ${attempt.product}.`,
    );
  }
  const [name, value] = found;
  const text = `${name}: ${value}`;
  const result = { product: attempt.product, scheme: attempt.scheme, name, value };
  printResult(io, result, () => (options.curl === true ? curlConfig([['header', text]]) : text));
}
