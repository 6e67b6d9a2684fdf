import { AuthInjector, type AuthInjectorOptions, type Credentials, type Scheme } from '../index';
import { usageError } from './cli-error';
import type { CommandContext } from './context';
import type { CredentialFlags } from './credential-options';
import { credentialFields } from './credential-places';
import { findCredentials } from './find-credentials';
import { productUrls } from './product-urls';

/** The URL of a request, and the injector that adds its credential. */
export type RequestTarget = {
  readonly url: string;
  /** Undefined if the URL determines the product. */
  readonly product: string | undefined;
  readonly injector: AuthInjector;
};

/** Finds the URL and the injector for a request. The caller passes the name of a product, or a URL. */
export async function requestTarget(
  productOrUrl: string,
  options: CredentialFlags & { scheme?: string },
  io: CommandContext,
  prefer: readonly Scheme[] = [],
): Promise<RequestTarget> {
  const isUrl = /^[a-z]+:\/\//i.test(productOrUrl);
  if (!isUrl && !Object.hasOwn(productUrls, productOrUrl)) throw unknownProduct(productOrUrl);
  const { credentials } = await findCredentials(options, io, credentialFields);
  const url = isUrl ? productOrUrl : urlOf(productOrUrl, credentials);
  const injectorOptions: AuthInjectorOptions = { prefer, now: io.now };
  const injector = new AuthInjector(credentials, injectorOptions);
  const product = isUrl ? undefined : productOrUrl;
  const name = product ?? injector.productAt(url);
  return {
    url,
    product,
    injector:
      options.scheme === undefined || name === undefined
        ? injector
        : injector.with({ schemes: { [name]: options.scheme as Scheme } }),
  };
}

function urlOf(product: string, { apiKey }: Credentials): string {
  const url = String(productUrls[product]);
  return url.replace('{api_key}', encodeURIComponent(apiKey ?? 'api-key'));
}

function unknownProduct(name: string): Error {
  const shown = /^[\w-]{1,30}$/.test(name) ? ` ${name}` : ' with this name';
  return usageError(
    `There is no product${shown}. Pass a URL, or one of ${Object.keys(productUrls).join(', ')}.`,
  );
}
