import type { Credentials } from '../../index';
import { printable } from '../json-text';
import { fieldOf } from '../credential-places';
import { type Finding, ok, warning } from './finding';

type Capability = { signed_callbacks?: unknown; webhooks?: unknown };

/**
 * Finds out whether callbacks are signed. The Applications API reports this for Voice and RTC, but not for Messages.
 */
export function* webhookFindings(
  application: object,
  credentials: Credentials,
): Generator<Finding> {
  const { capabilities } = application as { capabilities?: Record<string, Capability | undefined> };
  const reported = Object.entries(
    Object(capabilities) as Record<string, Capability | undefined>,
  ).filter(([, capability]) => typeof capability?.signed_callbacks === 'boolean');
  const unsigned = reported.filter(([, capability]) => capability?.signed_callbacks === false);
  for (const [name] of unsigned) {
    yield warning('webhooks', `The callbacks of ${printable(name)} are not signed.`, {
      remedy: 'Enable signed webhooks in the settings of the application.',
    });
  }
  if (reported.length > unsigned.length && fieldOf(credentials, 'signatureSecret') === undefined) {
    yield warning(
      'webhooks',
      'Callbacks are signed, but there is no signature secret to verify them.',
      {
        remedy: 'Copy the signature secret from the dashboard, and set VONAGE_SIGNATURE_SECRET.',
      },
    );
  } else if (reported.length > 0 && unsigned.length === 0) {
    yield ok(
      'webhooks',
      `The callbacks of ${reported.map(([name]) => printable(name)).join(', ')} are signed.`,
    );
  }
}
