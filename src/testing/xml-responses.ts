import { escapeMarkup } from './markup';

/** Writes the JSON body of a response as XML, for a path that ends in `/xml`. */
export type XmlWriter = (body: unknown, path: string) => string;

type Fields = Readonly<Record<string, unknown>>;

const prolog = '<?xml version="1.0" encoding="UTF-8"?>';

const element = (name: string, content: string, attributes = ''): string =>
  `<${name}${attributes}>${content}</${name}>`;

const elements = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, value]) => element(name, escapeMarkup(value)))
    .join('');

const camelCase = (name: string): string =>
  name.replace(/[-_](\w)/g, (_dash, letter: string) => letter.toUpperCase());

const camelCased = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [camelCase(name), value]));

/** Writes the format that was captured from the platform, with single quotes and no line break. */
const sms: XmlWriter = (body) => {
  const { messages } = body as { messages: Fields[] };
  const content = messages.map((message) => element('message', elements(camelCased(message))));
  return `<?xml version='1.0' encoding='UTF-8' ?>${element(
    'mt-submission-response',
    element('messages', content.join(''), ` count='${messages.length}'`),
  )}`;
};

const verify: XmlWriter = (body, path) => {
  const { checks, ...fields } = body as Fields;
  const isSearch = checks !== undefined;
  const root = isSearch
    ? 'verify_request'
    : path.includes('/control/')
      ? 'response'
      : 'verify_response';
  return prolog + element(root, elements(fields) + (isSearch ? element('checks', '') : ''));
};

/**
 * The API definition lists the elements without an example. The sandbox assumes that a refusal has only the element
 * `error`.
 */
const numberInsight: XmlWriter = (body) => {
  const { status, status_message: message, ...fields } = body as Fields;
  if (message === undefined) {
    return prolog + element('lookup', elements({ ...camelCased(fields), status }));
  }
  const error = element('error', escapeMarkup(message), ` code="${escapeMarkup(status)}"`);
  return prolog + element('lookup', lookupFields(fields) + error);
};

const lookupFields = ({
  request_id,
  international_format_number,
  national_format_number,
  ...country
}: Fields) => {
  if (request_id === undefined) return '';
  const attributes = Object.entries(country).map(
    ([name, value]) => ` ${name}="${escapeMarkup(value)}"`,
  );
  return (
    elements({ request_id, international_format_number }) +
    element('local_number', escapeMarkup(national_format_number), attributes.join(''))
  );
};

export const xmlWriters = { sms, verify, numberInsight };
