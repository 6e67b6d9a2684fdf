import type { CredentialKind, Credentials } from '../../index';
import { type SandboxScheme, startSandbox } from '../../testing/index';
import { failed, type Finding, ok } from './finding';

export type ProductReport = {
  name: string;
  ready: boolean;
  /**
   * The first scheme for which the credentials suffice. If they suffice for no scheme, the first scheme of the product.
   */
  scheme: string;
  /** The fields that the scheme needs but that are missing from the credentials. */
  missing: string[];
};

const kindOf: Readonly<Record<SandboxScheme, CredentialKind>> = {
  query: 'key-secret',
  body: 'key-secret',
  basic: 'key-secret',
  bearer: 'application',
  signature: 'signature',
  oauth1: 'oauth1',
  opentok: 'opentok',
};

/** Whether the credentials suffice for each product. Does not check whether the platform accepts the credentials. */
export async function productReports(credentials: Credentials): Promise<ProductReport[]> {
  // The property `products` of a sandbox lists the products and their schemes.
  const sandbox = await startSandbox();
  await sandbox.close();
  return sandbox.products.map(({ name, schemes }) => {
    const missingFor = (scheme: SandboxScheme) => credentials.missing(kindOf[scheme]);
    const scheme = schemes.find((each) => missingFor(each).length === 0) ?? schemes[0];
    const missing = missingFor(scheme);
    return { name, ready: missing.length === 0, scheme, missing };
  });
}

export function productFinding(reports: readonly ProductReport[]): Finding {
  const ready = reports.filter((product) => product.ready);
  if (ready.length === 0) {
    return failed('products', 'The credentials suffice for no product.', {
      code: 'ERR_MISSING_CREDENTIAL',
      remedy:
        'Add the API secret to the API key, and the private key to the application ID. --verbose lists what each product needs.',
    });
  }
  return ok(
    'products',
    `The credentials suffice for ${ready.length} of ${reports.length} products.`,
  );
}
