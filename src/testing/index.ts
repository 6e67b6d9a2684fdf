export { startSandbox } from './sandbox';

export type { SandboxSignatureMethod } from './credential-check';
export type { SandboxScheme } from './documented-products';
export type { Sandbox, SandboxOptions, SandboxProduct, SandboxRequest } from './sandbox';
