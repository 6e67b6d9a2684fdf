// The part of `node:util` that the playground uses, for browsers.
export const { TextDecoder } = globalThis;
