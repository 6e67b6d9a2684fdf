import { constants, createPublicKey, privateEncrypt } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { keyText } from './keys';
import { startServer } from './server';

/** The API of a key management service, as its reference describes it. Bytes are in base64. */
export type KmsService = {
  publicKey: { route: string; answer: object };
  signature: { route: string; request(digest: string): object; answer(signature: string): object };
  refusal: { status: number; body: object };
};

export const keyId = 'projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1';
const pem = keyText('rsa-public');
const spki = createPublicKey(pem).export({ format: 'der', type: 'spki' }).toString('base64');

export const awsKms: KmsService = {
  publicKey: { route: 'POST / TrentService.GetPublicKey', answer: { PublicKey: spki } },
  signature: {
    route: 'POST / TrentService.Sign',
    request: (Message) => ({
      KeyId: keyId,
      Message,
      MessageType: 'DIGEST',
      SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
    }),
    answer: (Signature) => ({ Signature }),
  },
  refusal: { status: 400, body: { __type: 'AccessDeniedException', message: 'Not you.' } },
};

export const googleKms: KmsService = {
  publicKey: { route: `GET /v1/${keyId}/publicKey`, answer: { pem } },
  signature: {
    route: `POST /v1/${keyId}:asymmetricSign`,
    request: (sha256) => ({ digest: { sha256 } }),
    answer: (signature) => ({ signature }),
  },
  refusal: {
    status: 403,
    body: { error: { code: 403, status: 'PERMISSION_DENIED', message: 'Not you.' } },
  },
};

export type TestKms = {
  port: number;
  /** How the service reacts to a request for a signature. */
  behaviour: 'sign' | 'refuse' | 'hang';
  /** The body of each request for a signature that was answered. */
  signatureRequests: unknown[];
  /** Resolves when a client aborts a request. */
  aborted: Promise<void>;
  close(): Promise<void>;
};

/** Starts a stand-in for the service on a free loopback port. Its signatures are real. */
export async function startKms({ publicKey, signature, refusal }: KmsService): Promise<TestKms> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<void>((resolve) => (onAbort = resolve));
  const server = await startServer((request, response) => {
    const { method, url, headers } = request;
    const [path] = String(url).split('?');
    const route = [method, path, headers['x-amz-target']].filter(Boolean).join(' ');
    const respond = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    response.on('close', () => {
      if (!response.writableEnded) onAbort?.();
    });
    void text(request).then((body) => {
      if (route === publicKey.route) respond(200, publicKey.answer);
      else if (route !== signature.route) respond(404, {});
      else if (kms.behaviour === 'refuse') respond(refusal.status, refusal.body);
      else if (kms.behaviour === 'sign') {
        kms.signatureRequests.push(JSON.parse(body));
        const digest = /"([\w+/]{43}=)"/.exec(body)?.[1];
        respond(200, signature.answer(sign(String(digest))));
      }
    });
  });
  const kms: TestKms = {
    port: Number(new URL(server.origin).port),
    behaviour: 'sign',
    signatureRequests: [],
    aborted,
    close: () => server.close(),
  };
  return kms;
}

/** RSASSA-PKCS1-v1_5 of a SHA-256 digest (RFC 8017, sections 8.2 and 9.2). */
function sign(digest: string): string {
  const info = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const key = { key: keyText('rsa-pkcs8'), padding: constants.RSA_PKCS1_PADDING };
  return privateEncrypt(key, Buffer.concat([info, Buffer.from(digest, 'base64')])).toString(
    'base64',
  );
}
