/** Whether this is `npm run test:slow`, which tests older versions of axios and of the frameworks. */
export const testsOlderVersions = 'testsOlderVersions' in globalThis;
