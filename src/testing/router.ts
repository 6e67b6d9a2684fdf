import type { Answer } from './response';
import type { Arrived } from './parsed-request';
import { checkCredential, type Known } from './check-credential';
import { documentedAt } from './documented-at';
import type { DocumentedProduct } from './documented-products';
import { answerOfDashboard, dashboardHost } from './oauth1/dashboard';

/** What the platform answers, and what it thought. */
export type Outcome = { answer: Answer; product: string | undefined; refusal: string | undefined };

const badRequest: Answer = {
  status: 400,
  body: { type: 'BAD_REQUEST', error_title: 'Bad Request' },
};
const notFound: Answer = { status: 404, body: { type: 'NOT_FOUND', error_title: 'Not Found' } };
const notAllowed: Answer = {
  status: 405,
  body: { type: 'METHOD_NOT_ALLOWED', error_title: 'Method Not Allowed' },
};

export function outcomeOf(arrived: Arrived, known: Known): Outcome {
  if (arrived.unreadable !== undefined) {
    return { answer: badRequest, product: undefined, refusal: arrived.unreadable };
  }
  if (arrived.host === dashboardHost) return outcomeAtDashboard(arrived, known);
  const product = documentedAt(arrived.host, arrived.path);
  if (product === undefined) {
    return { answer: notFound, product: undefined, refusal: undefined };
  }
  const fault = checkCredential(product.schemes, arrived, known);
  const answer = fault
    ? asXml(product.refusals.credentials(fault.kind), product, arrived)
    : answerOf(product, arrived);
  return { answer, product: product.name, refusal: fault?.reason };
}

function outcomeAtDashboard(arrived: Arrived, { account, oauth1 }: Known): Outcome {
  const { method, path, query, fields, names, signed, ambiguity } = arrived;
  if (ambiguity !== undefined)
    return { answer: badRequest, product: undefined, refusal: ambiguity };
  const visit = { method, query, form: fields, names };
  const found = ['GET', 'POST'].includes(method)
    ? answerOfDashboard(path, signed, visit, oauth1, account)
    : { answer: notAllowed };
  return { answer: notFound, product: undefined, refusal: undefined, ...found };
}

function answerOf(product: DocumentedProduct, arrived: Arrived): Answer {
  const { method, path, query, fields } = arrived;
  const endpoints = product.endpoints.filter((endpoint) => endpoint.path.test(path));
  if (endpoints.length === 0) return notFound;
  const endpoint = endpoints.find(({ methods }) => methods.includes(method));
  if (endpoint === undefined) return notAllowed;
  const parameters = { ...query, ...fields };
  const absent = endpoint.required.find((name) => (parameters[name] ?? '') === '');
  const answer =
    absent === undefined
      ? endpoint.answer({ parameters, path })
      : product.refusals.parameter(absent);
  return asXml(answer, product, arrived);
}

function asXml(answer: Answer, { xml }: DocumentedProduct, { path }: Arrived): Answer {
  if (xml === undefined || !path.endsWith('/xml')) return answer;
  const headers = { 'content-type': 'text/xml;charset=UTF-8' };
  return { ...answer, headers, body: xml(answer.body, path) };
}
