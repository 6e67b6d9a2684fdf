import { parseParameters } from '../../../../src/cli/parse-parameters';
import type { SignatureMethod } from '../../../../src/credentials/signature-method';
import { parametersOf } from '../../../../src/schemes/parameters';
import {
  baseStringOf,
  isSignature,
  signatureOf,
  verifyParams,
} from '../../../../src/schemes/sms-signature';
import { attempt, type Refusal } from './attempt';
import { provideBuffer } from './buffer';

provideBuffer();

export {
  type SignatureMethod,
  signatureMethods,
} from '../../../../src/credentials/signature-method';
export { signParams } from '../../../../src/schemes/sms-signature';

export type SignatureCheck = {
  /** The text that is signed, without the secret. */
  baseString: string;
  /** Undefined without a secret. */
  signature?: string;
  /** Parameters with the right signature are `refused` if, for example, their timestamp is old. */
  verdict: 'without secret' | 'unsigned' | 'accepted' | 'refused' | 'mismatch';
  refusal?: Refusal | undefined;
};

/**
 * Does what `nexmo-auth sms verify` does, and also returns what is signed.
 *
 * @throws CliError, NexmoAuthError for text that is not parameters
 */
export function checkSignature(
  text: string,
  secret: string,
  method: SignatureMethod,
): SignatureCheck {
  const params = parseParameters(text, 'The text');
  const parameters = parametersOf(params);
  const signed = parameters.filter(([name]) => name !== 'sig');
  const sig = parameters.find(([name]) => name === 'sig')?.[1];
  const baseString = baseStringOf(signed);
  if (secret === '') return { baseString, verdict: 'without secret' };
  const signature = signatureOf(signed, secret, method);
  if (sig === undefined) return { baseString, signature, verdict: 'unsigned' };
  const { refusal } = attempt(() => {
    verifyParams(params, { secret, method });
  });
  if (refusal === undefined) return { baseString, signature, verdict: 'accepted' };
  const matches = isSignature(sig, baseString, secret, method);
  return { baseString, signature, verdict: matches ? 'refused' : 'mismatch', refusal };
}
