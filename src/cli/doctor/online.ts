import type { Credentials } from '../../index';
import { CliError } from '../cli-error';
import { fingerprintOf, publicKeyIn } from '../key-details';
import { parseJsonOrText } from '../parse-values';
import { shownCredential } from '../require-path';
import { failed, type Finding, ok, skipped, warning } from './finding';
import { type Answer, type Platform, refusalOf } from './platform';
import { webhookFindings } from './webhooks';

/**
 * The largest accepted clock difference, in seconds. It is as long as the shortest lifetime that the platform allows
 * for a token.
 */
const clockTolerance = 30;

/** Asks the platform about the account, the application, the key pair and a token. Stops at a network failure. */
export async function checkOnline(
  credentials: Credentials,
  platform: Platform,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    for await (const finding of onlineFindings(credentials, platform)) findings.push(finding);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { code, message } = error;
    const remedy = 'Check the network, the proxy and --url.';
    findings.push(failed('network', message, { code, remedy }));
  }
  // A wrong clock can cause other failures, so the finding about the clock comes first.
  return findings.sort((a, b) => Number(b.check === 'clock') - Number(a.check === 'clock'));
}

async function* onlineFindings(
  credentials: Credentials,
  platform: Platform,
): AsyncGenerator<Finding> {
  const hasSecret = credentials.has('key-secret');
  const hasApplication = credentials.has('application');
  let offset: number | undefined;
  if (hasSecret) {
    const answer = await platform.get('account');
    offset = answer.clockDifference;
    yield accountFinding(answer, credentials);
    if (credentials.applicationId !== undefined && answer.status === 200) {
      const application = await platform.get('applications', `/${credentials.applicationId}`);
      yield* applicationFindings(application, credentials);
    }
  } else {
    yield skipped('account', 'The account was not checked: there is no API key with its secret.');
  }
  if (hasApplication) {
    const answer = await platform.get('voice');
    offset ??= answer.clockDifference;
    yield tokenFinding(answer, credentials);
  } else {
    yield skipped('token', 'No token was sent: there is no application ID with its private key.');
  }
  if (hasSecret || hasApplication) yield clockFinding(offset);
}

function clockFinding(offset: number | undefined): Finding {
  if (offset === undefined)
    return skipped('clock', 'The clock was not checked: no answer had a date.');
  if (Math.abs(offset) <= clockTolerance) return ok('clock', 'The clock agrees with the platform.');
  return failed(
    'clock',
    `The clock of this machine is ${duration(Math.abs(offset))} ${offset > 0 ? 'behind' : 'ahead of'} the platform.`,
    {
      remedy:
        'Set the clock, for example with NTP. Until then, the platform may refuse your tokens.',
    },
  );
}

function duration(seconds: number): string {
  const [size, unit] = seconds >= 5400 ? [3600, 'hours'] : [60, 'minutes'];
  const count = Math.round(seconds / size);
  if (seconds < 120) return `${seconds} seconds`;
  return `about ${count} ${unit}`;
}

function shownKey({ apiKey }: Credentials): string {
  return shownCredential(apiKey, 'that is set');
}

function accountFinding(answer: Answer, credentials: Credentials): Finding {
  const apiKey = shownKey(credentials);
  if (answer.status === 200) {
    const { value } = Object(parseJsonOrText(answer.body)) as { value?: unknown };
    const balance = typeof value === 'number' ? `, with a balance of ${value}` : '';
    return ok('account', `The platform accepts the API key ${apiKey} and its secret${balance}.`);
  }
  const { cause, ...note } = refusalOf(answer);
  return failed(
    'account',
    `The platform refuses the API key ${apiKey} with its secret: ${cause}`,
    note,
  );
}

function* applicationFindings(answer: Answer, credentials: Credentials): Generator<Finding> {
  const id = String(credentials.applicationId);
  if (answer.status === 404) {
    yield failed('application', `The account ${shownKey(credentials)} has no application ${id}.`, {
      code: 'HTTP 404',
      remedy: 'Copy the application ID from the dashboard, or use the API key of its account.',
    });
    return;
  }
  if (answer.status !== 200) {
    const { cause, ...note } = refusalOf(answer);
    yield failed('application', `The application ${id} cannot be read: ${cause}`, note);
    return;
  }
  const application = Object(parseJsonOrText(answer.body)) as object;
  yield ok('application', `The account has the application ${id}.`);
  yield keyPairFinding(application, credentials);
  yield* webhookFindings(application, credentials);
}

function keyPairFinding(application: object, credentials: Credentials): Finding {
  if (!credentials.has('application')) {
    return skipped('key-pair', 'The key was not compared: there is no private key.');
  }
  const { public_key: pem } = Object((application as { keys?: unknown }).keys) as {
    public_key?: unknown;
  };
  const expected = publicFingerprint(pem);
  if (expected === undefined) {
    return warning('key-pair', 'The platform shows no public key of the application.', {
      remedy: 'Set the public key of your private key in the dashboard.',
    });
  }
  const actual = fingerprintOf(credentials.reveal('privateKey'));
  if (actual === expected) return ok('key-pair', 'The private key belongs to the application.');
  return failed(
    'key-pair',
    `The private key does not belong to the application ${String(credentials.applicationId)}. Their public keys have different fingerprints: ${actual.slice(0, 16)}… for the private key, and ${expected.slice(0, 16)}… in the application.`,
    { remedy: 'Use the private key of this application, or set your public key in the dashboard.' },
  );
}

function publicFingerprint(pem: unknown): string | undefined {
  try {
    return fingerprintOf(publicKeyIn(Buffer.from(String(pem))));
  } catch {
    return undefined;
  }
}

function tokenFinding(answer: Answer, credentials: Credentials): Finding {
  const applicationId = String(credentials.applicationId);
  if (answer.status === 200) {
    return ok('token', `Voice accepts a token of the application ${applicationId}.`);
  }
  const { cause, ...note } = refusalOf(answer);
  return failed(
    'token',
    `Voice refuses a token of the application ${applicationId}: ${cause}`,
    note,
  );
}
