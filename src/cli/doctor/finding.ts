/** The result of one check. */
export type Finding = {
  /** A stable name for programs. */
  check: CheckName;
  status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** One sentence for people. */
  message: string;
  /** What to do. */
  remedy?: string | undefined;
  /** An error code of this package or of the platform, or the HTTP status, such as `HTTP 404`. */
  code?: string | undefined;
};

export type CheckName =
  | 'credentials'
  | 'places'
  | 'file-mode'
  | 'key'
  | 'products'
  | 'network'
  | 'clock'
  | 'account'
  | 'application'
  | 'key-pair'
  | 'token'
  | 'webhooks';

type Note = Pick<Finding, 'remedy' | 'code'>;

const finding =
  (status: Finding['status']) =>
  (check: CheckName, message: string, note: Note = {}): Finding => ({
    check,
    status,
    message,
    ...note,
  });

export const ok = finding('ok');
export const warning = finding('warning');
export const failed = finding('failed');
export const skipped = finding('skipped');

/** The most important finding: the first failure, or the first warning if there is no failure. */
export function headlineOf(findings: readonly Finding[]): Finding | undefined {
  return (
    findings.find(({ status }) => status === 'failed') ??
    findings.find(({ status }) => status === 'warning')
  );
}
