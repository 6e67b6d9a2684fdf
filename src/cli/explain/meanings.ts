import { errorGroups, type ErrorMeaning } from '../../error-meanings';
import { explainRefusal } from '../../index';
import { commandErrors } from '../cli-error';
import { readResponse } from './saved-response';
import { statuses, type StatusProduct } from './statuses';

/** What a code or a response means. `source` says where the code comes from. */
export type Meaning = {
  source: 'nexmo-auth' | 'platform' | StatusProduct;
  code?: string | undefined;
  cause: string;
  remedy: string;
};

const products = Object.keys(statuses) as StatusProduct[];

/**
 * The meanings of a code: an error code of this package, a status of SMS or Verify, an HTTP status, or an error type of
 * the platform.
 */
export function meaningsOfCode(code: string, product?: StatusProduct): Meaning[] {
  const name = code.trim();
  if (/^ERR_/i.test(name)) return ownMeanings(name.toUpperCase());
  return [...statusMeanings(name, product), ...(product === undefined ? refusals(name) : [])];
}

/** The error codes of the package and of the command `nexmo-auth`, with their meanings. */
const ownCodes = Object.entries<ErrorMeaning>(
  Object.assign({}, ...Object.values(errorGroups), commandErrors) as typeof commandErrors,
);

function ownMeanings(code: string): Meaning[] {
  return ownCodes
    .filter(([name]) => name === code)
    .map(([, { cause, remedy }]) => ({ source: 'nexmo-auth', code, cause, remedy }));
}

function statusMeanings(code: string, product: StatusProduct | undefined): Meaning[] {
  return products
    .filter((name) => product === undefined || name === product)
    .flatMap((source) => {
      const meaning = Object.hasOwn(statuses[source], code) ? statuses[source][code] : undefined;
      return meaning === undefined ? [] : [{ source, code, ...meaning }];
    });
}

function refusals(code: string): Meaning[] {
  const isHttp = /^[45]\d\d$/.test(code);
  const explanation = explainRefusal(
    isHttp ? { status: Number(code) } : { status: 400, body: JSON.stringify({ type: code }) },
  );
  return explanation === undefined ? [] : [{ source: 'platform', code, ...explanation }];
}

/** The meanings of a response of the platform. The text is the output of `curl -i`, or the body alone. */
export function meaningsOfResponse(text: string): Meaning[] {
  const { status, headers, body } = readResponse(text);
  // If the status is unknown, two statuses are tried. With 200, `explainRefusal` reads the statuses of SMS and Verify.
  // With 400, `explainRefusal` reads the other codes.
  const candidates = status === undefined ? [200, 400] : [status];
  for (const candidate of candidates) {
    const explanation = explainRefusal({ status: candidate, headers, body });
    if (explanation !== undefined) return [{ source: 'platform', ...explanation }];
  }
  return status === undefined || status === 200 ? meaningsOfStatusIn(body) : [];
}

/**
 * The meanings of the status in a body of SMS or Verify. Also covers statuses that refuse no credential, such as the
 * status for a wrong number.
 */
function meaningsOfStatusIn(body: string): Meaning[] {
  const isSms = /"messages"\s*:|<messages\b/.test(body);
  const match = /"status"\s*:\s*(?:"(\d{1,3})"|(\d{1,3})\b)|<status>(\d{1,3})<\/status>/.exec(body);
  const status = match?.slice(1).find(Boolean);
  return status === undefined ? [] : statusMeanings(status, isSms ? 'sms' : 'verify');
}

/** The known error code that has the longest beginning in common with a mistyped code. */
export function similarCode(code: string): string | undefined {
  const commonLength = (name: string) => {
    const index = Array.from(name).findIndex((letter, position) => letter !== code[position]);
    return index === -1 ? name.length : index;
  };
  return ownCodes
    .map(([name]) => name)
    .filter((name) => commonLength(name) > 'ERR_'.length + 2)
    .sort((a, b) => commonLength(b) - commonLength(a))[0];
}
