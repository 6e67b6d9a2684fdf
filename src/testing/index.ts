export { startSandbox } from './sandbox';

export type { SandboxAccount, SandboxOAuth1, SandboxSignatureMethod } from './account';
export type { SandboxScheme } from './documented-products';
export type { SandboxOAuth1Urls } from './oauth1/dashboard';
export type { Sandbox, SandboxOptions, SandboxProduct, SandboxRequest } from './sandbox';
