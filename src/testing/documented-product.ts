import type { Endpoint } from './endpoints/endpoint';
import type { RefusalResponses } from './refusal-responses';
import type { XmlWriter } from './xml-responses';

/** The ways in which a request to the sandbox can be authenticated. */
export type SandboxScheme =
  'query' | 'body' | 'basic' | 'signature' | 'bearer' | 'oauth1' | 'opentok';

/** A product, as the platform documents it. `*` in a path stands for one segment. */
export type DocumentedProduct = {
  name: string;
  hosts: readonly string[];
  paths: readonly string[];
  /** The default scheme comes first. */
  schemes: readonly [SandboxScheme, ...SandboxScheme[]];
  endpoints: readonly Endpoint[];
  refusals: RefusalResponses;
  xml?: XmlWriter;
};

/** rest.nexmo.com and its regional hosts. */
export const rest = ['rest.nexmo.com', 'rest-us-1.nexmo.com', 'rest-sg-1.nexmo.com'];

/** api.nexmo.com and its regional hosts, which serve the same APIs. */
export const apiHosts = [
  'api.nexmo.com',
  ...['us', 'eu', 'ap'].map((region) => `api-${region}.nexmo.com`),
  ...['us-1', 'us-2', 'eu-1', 'eu-2', 'sg-1'].map((region) => `api-${region}.nexmo.com`),
  ...['us', 'eu', 'ap'].map((region) => `api-${region}.vonage.com`),
  ...['us-3', 'us-4', 'eu-3', 'eu-4', 'ap-3', 'ap-4'].map((region) => `api-${region}.vonage.com`),
];
