// Replaces `node:util` in the browser.
export const { TextDecoder } = globalThis;
