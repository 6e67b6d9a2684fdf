// Compares the public API in dist/ with the reviewed snapshot in etc/. With --update, rewrites the snapshot.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const projectFolder = fileURLToPath(new URL('..', import.meta.url));
const update = process.argv.includes('--update');

const reports = [
  { entry: 'dist/index.d.ts', reportFileName: 'nexmo-auth' },
  { entry: 'dist/testing/index.d.ts', reportFileName: 'nexmo-auth-testing' },
  ...['express', 'fastify', 'hono', 'koa', 'request'].map((framework) => ({
    entry: `dist/frameworks/${framework}.d.ts`,
    reportFileName: `nexmo-auth-${framework}`,
    usesMain: true,
  })),
  { entry: 'dist/undici/interceptor.d.ts', reportFileName: 'nexmo-auth-undici', usesMain: true },
];

const main = readFileSync(new URL('../dist/index.d.ts', import.meta.url), 'utf8');

// Not exported, but in the reports, because exported types are derived from them.
const constants = ['errorGroups', 'schemeNames', 'signatureMethods'];

const advice = 'console-api-report-not-copied';
const off = { logLevel: 'none' };
const error = { logLevel: 'error' };

const configs = reports.map(({ entry, reportFileName, usesMain = false }) =>
  ExtractorConfig.prepare({
    configObject: {
      projectFolder,
      mainEntryPointFilePath: entry,
      newlineKind: 'lf',
      compiler: { tsconfigFilePath: 'tsconfig.build.json' },
      apiReport: {
        enabled: true,
        reportFileName,
        reportFolder: 'etc',
        reportTempFolder: 'temp',
        includeForgottenExports: !usesMain,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: error },
        extractorMessageReporting: {
          default: error,
          'ae-missing-release-tag': off,
          'ae-undocumented': off,
          'ae-unresolved-link': off,
        },
        tsdocMessageReporting: { default: off },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: `${projectFolder}package.json`,
  }),
);

function messageCallback(message) {
  const [, name] = /^The symbol "(\w+)"/.exec(message.text) ?? [];
  const isKnown = constants.includes(name) || new RegExp(`\\b${name}\\b`).test(main);
  if (message.messageId === 'ae-forgotten-export' && isKnown) message.logLevel = 'none';
  message.handled = message.logLevel === 'info' || message.messageId === advice;
}

const compilerState = CompilerState.create(configs[0], {
  additionalEntryPoints: configs.map((config) => config.mainEntryPointFilePath),
});
const results = configs.map((config) =>
  Extractor.invoke(config, {
    compilerState,
    localBuild: update,
    printApiReportDiff: !update,
    messageCallback,
  }),
);
if (results.some(({ apiReportChanged }) => apiReportChanged) && !update) {
  console.error('The public API differs from etc/. If that is intended, run: npm run api:update');
}
process.exitCode = results.every(({ succeeded }) => succeeded) ? 0 : 1;
