import { createHash } from 'node:crypto';
import { KMSClient } from '@aws-sdk/client-kms';
import { KeyManagementServiceClient } from '@google-cloud/kms';
import axios from 'axios';
import { importSPKI, jwtVerify } from 'jose';
import { awsKmsAuth, awsKmsSigner } from '../../examples/aws-kms-signer';
import { googleKmsAuth, googleKmsSigner } from '../../examples/google-kms-signer';
import { attachAuth, AuthInjector, Credentials, JwtGenerator, type SignerOptions } from '../../src';
import { type Sandbox, startSandbox } from '../../src/testing';
import { applicationId } from '../support/account';
import { rejection } from '../support/errors';
import { keyText } from '../support/keys';
import { awsKms, googleKms, keyId, type KmsService, startKms, type TestKms } from '../support/kms';

// On Node 20, the AWS client warns that it will need a later version.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const secret = 'secret-of-the-account';

/** A key management service, and what its example in `examples/` makes with a client of that service. */
type Case = {
  service: KmsService;
  connect: (port: number) => {
    signer(deadline?: number): Promise<SignerOptions>;
    auth(): Promise<AuthInjector>;
    close(): void;
  };
};

const aws: Case = {
  service: awsKms,
  connect: (port) => {
    const client = new KMSClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'access-key', secretAccessKey: secret },
    });
    return {
      signer: async (deadline) => ({ ...(await awsKmsSigner(keyId, client)), deadline }),
      auth: () => awsKmsAuth(applicationId, keyId, client),
      close: () => {
        client.destroy();
      },
    };
  },
};

const google: Case = {
  service: googleKms,
  connect: (port) => {
    const client = new KeyManagementServiceClient({
      fallback: true,
      protocol: 'http',
      apiEndpoint: '127.0.0.1',
      port,
      credentials: { client_email: 'a@accounts.test', private_key: keyText('rsa-other') },
      // The client's own fetch is an ES module, which Jest cannot load.
      clientOptions: { transporterOptions: { fetchImplementation: fetch } },
    });
    return {
      signer: (deadline) => googleKmsSigner(keyId, client, deadline),
      auth: () => googleKmsAuth(applicationId, keyId, client),
      close: () => {
        void client.close();
      },
    };
  },
};

describe.each([
  ['AWS KMS', aws],
  ['Google Cloud KMS', google],
])('with a key in %s', (_name, { service, connect }) => {
  const credentials = new Credentials({ applicationId });
  let kms: TestKms;
  let client: ReturnType<Case['connect']>;
  let sandbox: Sandbox;
  beforeEach(async () => {
    kms = await startKms(service);
    client = connect(kms.port);
    sandbox = await startSandbox({ applicationId, publicKey: keyText('rsa-public') });
  });
  afterEach(async () => {
    client.close();
    await Promise.all([kms.close(), sandbox.close()]);
  });

  async function generator(deadline?: number): Promise<JwtGenerator> {
    return new JwtGenerator(credentials, { signer: await client.signer(deadline) });
  }
  const verify = async (token: string) =>
    (await jwtVerify(token, await importSPKI(keyText('rsa-public'), 'RS256'))).payload;

  test('the public key verifies the tokens, also long ones', async () => {
    const jwt = await generator();
    const claims = { long: 'x'.repeat(10_000) };
    for (const token of [await jwt.generateAsync({ claims }), await jwt.token()]) {
      expect(await verify(token)).toMatchObject({ application_id: applicationId });
    }
  });

  test('the service receives only the digest of a token', async () => {
    const token = await (await generator()).token();
    const input = token.slice(0, token.lastIndexOf('.'));
    const digest = createHash('sha256').update(input).digest('base64');
    expect(kms.signatureRequests).toEqual([service.signature.request(digest)]);
  });

  test('concurrent requests for Voice are accepted with one signature', async () => {
    const http = axios.create();
    const options = { products: sandbox.products, signer: await client.signer() };
    attachAuth(http, new AuthInjector(credentials, options));
    const call = { to: [{ type: 'phone', number: '447700900000' }], from: {} };
    const calls = Array.from({ length: 20 }, () => http.post(sandbox.url('voice'), call));
    for (const { status } of await Promise.all(calls)) expect(status).toBe(201);
    expect(kms.signatureRequests).toHaveLength(1);
  });

  test('the injector of the example attaches a valid token', async () => {
    const auth = await client.auth();
    const { headers } = await auth.inject({ url: 'https://api.nexmo.com/v1/calls' });
    const [scheme, token] = String(headers['Authorization']).split(' ');
    expect(scheme).toBe('Bearer');
    expect(await verify(String(token))).toMatchObject({ application_id: applicationId });
  });

  test('a refusal by the service is ERR_SIGNER_FAILED', async () => {
    const jwt = await generator();
    kms.behaviour = 'refuse';
    const error = await rejection(jwt.token(), [secret, 'Not you.']);
    expect(error.code).toBe('ERR_SIGNER_FAILED');
  });

  test('the deadline ends the wait for a signature', async () => {
    const jwt = await generator(1);
    kms.behaviour = 'hang';
    expect((await rejection(jwt.token())).code).toBe('ERR_SIGNER_TIMEOUT');
    // Google's client accepts no AbortSignal, and over HTTP it ignores the timeout.
    if (service === awsKms) await kms.aborted;
  });
});
