import { constants, createPublicKey, privateEncrypt } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { keyText } from './keys';
import { startServer } from './server';

/** A key management service as its API reference has it; bytes are base64 there. */
export type KmsService = {
  publicKey: { place: string; answer: object };
  signature: { place: string; asked(digest: string): object; answer(signature: string): object };
  refusal: { status: number; body: object };
};

export const keyId = 'projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1';
const pem = keyText('rsa-public');
const spki = createPublicKey(pem).export({ format: 'der', type: 'spki' }).toString('base64');

export const awsKms: KmsService = {
  publicKey: { place: 'POST / TrentService.GetPublicKey', answer: { PublicKey: spki } },
  signature: {
    place: 'POST / TrentService.Sign',
    asked: (Message) => ({
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
  publicKey: { place: `GET /v1/${keyId}/publicKey`, answer: { pem } },
  signature: {
    place: `POST /v1/${keyId}:asymmetricSign`,
    asked: (sha256) => ({ digest: { sha256 } }),
    answer: (signature) => ({ signature }),
  },
  refusal: {
    status: 403,
    body: { error: { code: 403, status: 'PERMISSION_DENIED', message: 'Not you.' } },
  },
};

export type TestKms = {
  port: number;
  /** What it does when it is asked for a signature. */
  mood: 'signs' | 'refuses' | 'is silent';
  /** Of each signature, what was asked for. */
  asked: unknown[];
  /** How many requests their sender has given up. */
  dropped: number;
  close(): Promise<void>;
};

/** Serves it on a free loopback port, and really signs. */
export async function startKms({ publicKey, signature, refusal }: KmsService): Promise<TestKms> {
  const server = await startServer((request, response) => {
    const { method, url, headers } = request;
    const [path] = String(url).split('?');
    const place = [method, path, headers['x-amz-target']].filter(Boolean).join(' ');
    const say = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    response.on('close', () => {
      if (!response.writableEnded) kms.dropped += 1;
    });
    void text(request).then((body) => {
      if (place === publicKey.place) say(200, publicKey.answer);
      else if (place !== signature.place) say(404, {});
      else if (kms.mood === 'refuses') say(refusal.status, refusal.body);
      else if (kms.mood === 'signs') {
        kms.asked.push(JSON.parse(body));
        const digest = /"([\w+/]{43}=)"/.exec(body)?.[1];
        say(200, signature.answer(sign(String(digest))));
      }
    });
  });
  const kms: TestKms = {
    port: Number(new URL(server.origin).port),
    mood: 'signs',
    asked: [],
    dropped: 0,
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
