import { checkCredential, presentedSchemes, type SandboxState } from './check-credential';
import type { DocumentedProduct, SandboxScheme } from './documented-product';
import { documentedProducts } from './documented-products';
import { dashboardHost, dashboardResponse } from './oauth1/dashboard';
import type { ParsedRequest } from './parsed-request';
import type { HttpResponse } from './response';

export type RouteResult = {
  response: HttpResponse;
  product?: string;
  /** The scheme of the credential in the request. */
  scheme?: SandboxScheme | undefined;
  /** Why the request or its credential was refused. */
  refusal?: string | undefined;
};

const errorResponse = (status: number, type: string, title: string): HttpResponse => ({
  status,
  body: { type, error_title: title },
});
const badRequest = errorResponse(400, 'BAD_REQUEST', 'Bad Request');
const notFound = errorResponse(404, 'NOT_FOUND', 'Not Found');
const notAllowed = errorResponse(405, 'METHOD_NOT_ALLOWED', 'Method Not Allowed');

/** Finds the product, checks the credential, and returns the endpoint's response. */
export function route(request: ParsedRequest, state: SandboxState): RouteResult {
  if (request.unreadable !== undefined) {
    return { response: badRequest, refusal: request.unreadable };
  }
  if (request.host === dashboardHost) return routeToDashboard(request, state);
  const product = findProduct(request.host, request.path);
  if (product === undefined) return { response: notFound };
  const refusal = checkCredential(product.schemes, request, state);
  const response = refusal
    ? asXml(product.refusals.credentials(refusal.kind), product, request)
    : endpointResponse(product, request, state);
  const [scheme] = presentedSchemes(request);
  return { response, product: product.name, scheme, refusal: refusal?.reason };
}

/** The product that a host and path belong to. The longest matching path decides. */
export function findProduct(host: string, path: string): DocumentedProduct | undefined {
  const segments = splitPath(path);
  const matches = documentedProducts
    .filter(({ hosts }) => hosts.includes(host))
    .flatMap((product) => product.paths.map((text) => ({ product, pattern: splitPath(text) })))
    .filter(({ pattern }) =>
      pattern.every((segment, index) => segment === '*' || segment === segments[index]),
    );
  matches.sort((a, b) => b.pattern.length - a.pattern.length);
  return matches[0]?.product;
}

const splitPath = (path: string): string[] => path.split('/').filter(Boolean);

function routeToDashboard(request: ParsedRequest, { account, oauth1 }: SandboxState): RouteResult {
  const { method, path, query, fields, names, oauth1Parts, ambiguity } = request;
  if (ambiguity !== undefined) return { response: badRequest, refusal: ambiguity };
  if (!['GET', 'POST'].includes(method)) return { response: notAllowed };
  const page = { method, query, form: fields, names };
  return dashboardResponse(path, oauth1Parts, page, oauth1, account) ?? { response: notFound };
}

function endpointResponse(
  product: DocumentedProduct,
  request: ParsedRequest,
  { account }: SandboxState,
): HttpResponse {
  const { method, path, query, fields } = request;
  const endpoints = product.endpoints.filter((endpoint) => endpoint.path.test(path));
  if (endpoints.length === 0) return notFound;
  const endpoint = endpoints.find(({ methods }) => methods.includes(method));
  if (endpoint === undefined) return notAllowed;
  const parameters = { ...query, ...fields };
  const missing = endpoint.required.find((name) => (parameters[name] ?? '') === '');
  const response =
    missing === undefined
      ? endpoint.respond({ parameters, path, account })
      : product.refusals.parameter(missing);
  return asXml(response, product, request);
}

function asXml(
  response: HttpResponse,
  { xml }: DocumentedProduct,
  { path }: ParsedRequest,
): HttpResponse {
  if (xml === undefined || !path.endsWith('/xml')) return response;
  const headers = { 'content-type': 'text/xml;charset=UTF-8' };
  return { ...response, headers, body: xml(response.body, path) };
}
