declare module 'oauth-sign' {
  export function hmacsign(
    method: string,
    baseUri: string,
    parameters: object,
    consumerSecret: string,
    tokenSecret: string,
  ): string;
}
