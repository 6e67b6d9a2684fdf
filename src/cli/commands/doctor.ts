import { parseBase } from '../base-url';
import type { CommandContext } from '../context';
import type { CredentialFlags } from '../credential-options';
import { keyFinding, type KeyReport, keyReport } from '../doctor/key';
import { keySourceOf, sharedFiles } from '../doctor/key-file';
import { type Finding, headlineOf, warning } from '../doctor/finding';
import { readPlaces } from '../doctor/local-credentials';
import { checkOnline } from '../doctor/online';
import { Platform } from '../doctor/platform';
import { productFinding, type ProductReport, productReports } from '../doctor/products';
import { type DoctorReport, reportText } from '../doctor/report';
import { exitCodes } from '../exit-codes';
import { type CredentialField, placesOf } from '../credential-places';
import type { FoundCredentials } from '../find-credentials';
import { printResult } from '../output';
import { withProgress } from '../progress';
import { shownCredential } from '../require-path';
import { chmodCommand } from '../shared-file';

export type DoctorOptions = CredentialFlags & { online?: boolean; url?: string };

/** Checks the credentials on this machine and, with `--online`, asks the platform about them. */
export async function doctor(options: DoctorOptions, io: CommandContext): Promise<void> {
  const { online = false, url, ...flags } = options;
  const base = parseBase(url);
  const local = await readPlaces(placesOf(flags, io));
  const { credentials } = local;
  const findings: Finding[] = [...local.findings];
  const source = keySourceOf(local, flags, io);
  findings.push(...sharedFiles(local.places, source).map(sharedFinding));
  let key: KeyReport | undefined;
  if (local.sources.privateKey !== undefined) {
    key = keyReport(credentials, source);
    findings.push(keyFinding(key));
  }
  let products: ProductReport[] = [];
  if (local.places.length > 0) {
    products = await productReports(credentials);
    findings.push(productFinding(products));
  }
  if (online) {
    const platform = new Platform(credentials, base, io.now, io.interruption());
    const asked = checkOnline(credentials, platform);
    findings.push(...(await withProgress('Asking the platform…', asked, io)));
  }
  const headline = headlineOf(findings);
  const report: DoctorReport = {
    status: headline?.status ?? 'ok',
    headline: headline?.message ?? 'Everything that was checked is in order.',
    credentials: credentialRows(local),
    key,
    products,
    findings,
  };
  printResult(io, report, () => reportText(report, io));
  if (report.status === 'failed') io.exitCode = exitCodes.problem;
}

/** Shows every secret as `set`. Also shows a value of another field as `set` if the value looks like a secret. */
function credentialRows({ credentials, sources }: FoundCredentials): DoctorReport['credentials'] {
  const shown: Partial<Record<CredentialField, string | undefined>> = {
    apiKey: credentials.apiKey,
    applicationId: credentials.applicationId,
    signatureMethod: credentials.signatureMethod,
  };
  return Object.entries(sources).map(([field, source]) => ({
    field,
    value: shownCredential(shown[field as CredentialField], 'set'),
    source,
  }));
}

function sharedFinding(path: string): Finding {
  return warning('file-mode', `Other users of this machine can read ${path}.`, {
    remedy: `Run: ${chmodCommand(path)}`,
  });
}
