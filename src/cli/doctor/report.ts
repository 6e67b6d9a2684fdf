import type { CommandContext } from '../context';
import { type Format, style, table } from '../output';
import { type Finding, headlineOf } from './finding';
import type { KeyReport } from './key';
import type { ProductReport } from './products';

/** What `doctor --json` prints. Its fields are stable. */
export type DoctorReport = {
  status: Finding['status'];
  /** The message of the most important finding. */
  headline: string;
  credentials: { field: string; value: string; source: string }[];
  key: KeyReport | undefined;
  products: ProductReport[];
  findings: Finding[];
};

const marks = {
  ok: ['ok', 'green'],
  warning: ['warning', 'yellow'],
  failed: ['failed', 'red'],
  skipped: ['skipped', 'dim'],
} as const satisfies Record<Finding['status'], readonly [string, Format]>;

/**
 * The report as text: the headline with its remedy, the credentials, and every finding. With `--verbose`, also the
 * missing fields of each product that is not ready.
 */
export function reportText(report: DoctorReport, io: CommandContext): string {
  const { status, headline, credentials, products, findings } = report;
  const headlineFinding = headlineOf(findings);
  const lines = [`${mark(status, io)}: ${headline}`];
  if (headlineFinding?.remedy !== undefined) lines.push(headlineFinding.remedy);
  if (credentials.length > 0) {
    lines.push('', table(credentials.map(({ field, value, source }) => [field, value, source])));
  }
  lines.push(
    '',
    ...findings.map((finding) => findingText(finding, finding !== headlineFinding, io)),
  );
  const unready = products.filter(({ ready }) => !ready);
  if (io.verbose && unready.length > 0) {
    lines.push(
      '',
      table(unready.map(({ name, missing }) => [name, `needs ${missing.join(', ')}`])),
    );
  }
  return lines.join('\n');
}

function findingText(
  { status, check, message, remedy, code }: Finding,
  showsRemedy: boolean,
  io: CommandContext,
): string {
  const codeText = code === undefined ? '' : ` (${code})`;
  const line = `${mark(status, io)} ${check}: ${message}${codeText}`;
  return showsRemedy && remedy !== undefined ? `${line}\n  ${remedy}` : line;
}

function mark(status: Finding['status'], io: CommandContext): string {
  const [text, format] = marks[status];
  return style(io, format, text);
}
