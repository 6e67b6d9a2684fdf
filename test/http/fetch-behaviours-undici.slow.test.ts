import * as undici from 'undici';
import { compareWithPlain, type Copy } from './fetch-behaviours/compare';

describe('with a credential from createAuthFetch, on undici 7:', () => {
  compareWithPlain('undici 7', undici as unknown as Copy);
});
