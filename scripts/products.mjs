// Compares the table of products with the platform's OpenAPI definitions: `npm run products:check -- FOLDER`. Prints
// the operations without a product, and those that declare a scheme that their product does not take. Exits with 1 if
// there are such operations other than the known ones below. The definitions are in the folder `definitions` of
// github.com/Nexmo/api-specification.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { load } from 'js-yaml';
import { importSource } from './import-source.mjs';

/** Known reasons why operations have no product, or have another scheme, by the beginning of their URLs. */
const knownDifferences = {
  'https://api.vonage.com/t/vbc.prod/':
    'Vonage Business Communications has users of its own, with OAuth tokens.',
  'https://api.nexmo.com/v0.1/whatsapp-manager/':
    'The reference calls WhatsApp Provisioning deprecated.',
  'https://api.nexmo.com/v1/applications/':
    'The query is accepted too: the .NET SDK 3 uses it for POST and PUT. The product is deprecated.',
};

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Name a folder with OpenAPI definitions: npm run products:check -- FOLDER');
  process.exit(2);
}

const { products } = await importSource('src/injector/products.ts');
const { ProductUrls } = await importSource('src/injector/product-url.ts');
const urls = new ProductUrls(products);

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();
const definitions = files
  .map((file) => ({ file: relative(folder, file), root: load(readFileSync(file, 'utf8')) }))
  .filter(({ root }) => root?.openapi !== undefined && root.paths !== undefined);
const operations = definitions.flatMap(operationsOf);

const without = operations.filter(({ product }) => product === undefined);
const differing = operations.filter(({ product, declared }) =>
  declared.some((scheme) => product !== undefined && !product.schemes.includes(scheme)),
);
const undeclared = operations.filter(({ declared }) => declared.length === 0);

for (const { label, url } of without) if (!isKnown(url)) console.log(`No product: ${label}`);
for (const { label, url, declared, product } of differing) {
  if (isKnown(url)) continue;
  const taken = product.schemes.join(', ');
  console.log(
    `Another scheme: ${label}: ${declared.join(', ')}, but ${product.name} takes ${taken}`,
  );
}
for (const [start, reason] of Object.entries(knownDifferences)) {
  const known = [...without, ...differing].filter(({ url }) => url.startsWith(start));
  console.log(`Known, ${known.length} operations at ${start}: ${reason}`);
}
for (const { name, schemes } of products) {
  const declared = operations.flatMap(({ product, declared: those }) =>
    product?.name === name ? those : [],
  );
  const others = schemes.filter((scheme) => !declared.includes(scheme));
  if (declared.length > 0 && others.length > 0) {
    console.log(
      `Not in the definitions, from other sources: ${name} also takes ${others.join(', ')}`,
    );
  }
}
const unexpected = [...without, ...differing].filter(({ url }) => !isKnown(url));
console.log(
  `${definitions.length} definitions with ${operations.length} operations: ${without.length} without a product, ${differing.length} with another scheme, ${undeclared.length} that declare none. Not known before: ${unexpected.length}.`,
);
if (unexpected.length > 0) process.exitCode = 1;

function operationsOf({ file, root }) {
  return Object.entries(root.paths).flatMap(([path, item]) =>
    methods
      .filter((method) => item[method] !== undefined)
      .map((method) => {
        const operation = item[method];
        const [server] = operation.servers ?? item.servers ?? root.servers;
        const url = sampleUrl(server, path);
        const product = urls.find(new URL(url), undefined);
        const label = `${file}: ${method.toUpperCase()} ${url}`;
        return { label, url, product, declared: declaredSchemes(operation, item, root) };
      }),
  );
}

/** The URL of an operation, with `x` for every variable to which the server gives no default. */
function sampleUrl({ url, variables = {} }, path) {
  const base = url.replace(/\{(\w+)\}/g, (_, name) => variables[name]?.default ?? 'x');
  return `${base.replace(/\/$/, '')}${path}`.replace(/\{[^}]*\}/g, 'x');
}

/** The schemes in `security`. Without `security`, the schemes that the parameters and the body of the operation show. */
function declaredSchemes(operation, item, root) {
  const security = operation.security ?? root.security;
  if (security !== undefined) {
    const schemes = root.components?.securitySchemes ?? {};
    const names = security.map((requirement) => Object.keys(requirement));
    return [...new Set(names.map((group) => schemeOf(group.map((name) => schemes[name]))))];
  }
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
  const inQuery = parameters.map((parameter) => resolve(parameter, root).name);
  const content = Object.values(resolve(operation.requestBody ?? {}, root).content ?? {});
  const inBody = content.flatMap(({ schema }) => fieldsOf(schema, root));
  return [
    ...(inQuery.includes('api_secret') ? ['query'] : []),
    ...(inBody.includes('api_secret') ? ['body'] : []),
  ];
}

/** The scheme of this package for the parts of one security requirement. */
function schemeOf(parts) {
  const names = parts.map((part) => (part?.type === 'http' ? part.scheme : part?.name));
  if (names.includes('sig')) return 'signature';
  if (names.includes('api_secret')) return 'query';
  return names.join(' and ');
}

function fieldsOf(schema, root) {
  const { properties = {}, allOf = [], oneOf = [], anyOf = [] } = resolve(schema ?? {}, root);
  const others = [...allOf, ...oneOf, ...anyOf].flatMap((part) => fieldsOf(part, root));
  return [...Object.keys(properties), ...others];
}

function resolve(value, root) {
  if (value.$ref === undefined) return value;
  const names = value.$ref.replace(/^#\//, '').split('/');
  return names.reduce((part, name) => part?.[name], root) ?? {};
}

function isKnown(url) {
  return Object.keys(knownDifferences).some((start) => url.startsWith(start));
}
