import * as undici from 'undici';
import { compareWithPlain, type Copy } from './fetch-behaviours/compare';

describe('createAuthFetch on undici 7 behaves as without a credential:', () => {
  compareWithPlain('undici 7', undici as unknown as Copy);
});
