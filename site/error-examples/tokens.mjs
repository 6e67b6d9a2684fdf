export const tokenExamples = {
  ERR_CLAIM_INVALID: {
    provokes: `jwt.generate({ iat: Date.now() });`,
    avoids: `jwt.generate({ iat: Math.floor(Date.now() / 1000) });`,
  },
  ERR_CLAIM_RESERVED: {
    provokes: `jwt.generate({ claims: { sub: 'alice', team: 'red' } });`,
    avoids: `jwt.generate({ sub: 'alice', claims: { team: 'red' } });`,
  },
  ERR_TTL_WITH_EXP: {
    provokes: `jwt.generate({ ttl: 3600, exp: now() + 3600 });`,
    avoids: `jwt.generate({ ttl: 3600 });`,
  },
  ERR_LIFETIME_OUT_OF_BOUNDS: {
    provokes: `jwt.generate({ ttl: 15 });`,
    avoids: `jwt.generate({ ttl: 15 * 60 });`,
  },
  ERR_EXP_IN_PAST: {
    provokes: `jwt.generate({ exp: now() - 60 });`,
    avoids: `jwt.generate({ exp: now() + 60 });`,
  },
  ERR_SIGNER_NEEDS_ASYNC: {
    provokes: `new JwtGenerator(application, { signer }).generate();`,
    avoids: `await new JwtGenerator(application, { signer }).generateAsync();`,
  },
  ERR_SIGNER_FAILED: {
    provokes: `const signer = async () => {
  throw new Error('The key service is down.');
};
await new JwtGenerator(application, { signer }).generateAsync();`,
    avoids: `await new JwtGenerator(application, { signer }).generateAsync();`,
  },
  ERR_SIGNER_TIMEOUT: {
    provokes: `const neverAnswers = () => new Promise(() => {});
const options = { signer: { sign: neverAnswers, deadline: 1 } };
await new JwtGenerator(application, options).generateAsync();`,
    avoids: `const options = { signer: { sign: signer, deadline: 60 } };
await new JwtGenerator(application, options).generateAsync();`,
  },
  ERR_SIGNER_ABORTED: {
    provokes: `const options = { signer: { sign: signer, signal: AbortSignal.abort() } };
await new JwtGenerator(application, options).generateAsync();`,
    avoids: `const options = { signer: { sign: signer, signal: AbortSignal.timeout(60_000) } };
await new JwtGenerator(application, options).generateAsync();`,
  },
  ERR_SIGNER_SIGNATURE: {
    provokes: `const signer = (input) => sign('sha512', input, privateKey);
await new JwtGenerator(application, { signer: { sign: signer, publicKey } }).generateAsync();`,
    avoids: `const signer = (input) => sign('sha256', input, privateKey);
await new JwtGenerator(application, { signer: { sign: signer, publicKey } }).generateAsync();`,
  },
  ERR_JWT_MALFORMED: {
    provokes: `verifyJwt(\`Bearer \${token}\`, publicKey);`,
    avoids: `verifyJwt(token, publicKey);`,
  },
  ERR_JWT_ALGORITHM: {
    provokes: `const token = jsonwebtoken.sign({}, signatureSecret, { algorithm: 'HS256' });
verifyJwt(token, publicKey);`,
    avoids: `const token = jwt.generate();
verifyJwt(token, publicKey);`,
  },
  ERR_JWT_CRITICAL_HEADER: {
    provokes: `const header = { alg: 'RS256', crit: ['b64'], b64: true };
const token = jsonwebtoken.sign({}, privateKey, { algorithm: 'RS256', header });
verifyJwt(token, publicKey);`,
    avoids: `const token = jwt.generate();
verifyJwt(token, publicKey);`,
  },
  ERR_JWT_SIGNATURE: {
    provokes: `const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
verifyJwt(token, other.publicKey);`,
    avoids: `verifyJwt(token, publicKey);`,
  },
  ERR_JWT_CLAIM: {
    provokes: `const claims = { application_id: applicationId };
const token = jsonwebtoken.sign(claims, privateKey, { algorithm: 'RS256' });
verifyJwt(token, publicKey);`,
    avoids: `const claims = { application_id: applicationId, jti: randomUUID() };
const token = jsonwebtoken.sign(claims, privateKey, { algorithm: 'RS256', expiresIn: '15m' });
verifyJwt(token, publicKey);`,
  },
  ERR_JWT_EXPIRED: {
    provokes: `const inAnHour = () => Date.now() + 3_600_000;
verifyJwt(jwt.generate({ ttl: 900 }), publicKey, { now: inAnHour });`,
    avoids: `const inAnHour = () => Date.now() + 3_600_000;
verifyJwt(jwt.generate({ ttl: 7200 }), publicKey, { now: inAnHour });`,
  },
  ERR_JWT_NOT_YET_VALID: {
    provokes: `const token = jwt.generate({ nbf: now() + 60 });
verifyJwt(token, publicKey);`,
    avoids: `const token = jwt.generate({ nbf: now() + 60 });
verifyJwt(token, publicKey, { clockTolerance: 120 });`,
  },
  ERR_JWT_TOO_OLD: {
    provokes: `const token = jwt.generate({ iat: now() - 600 });
verifyJwt(token, publicKey, { maxAge: 300 });`,
    avoids: `const token = jwt.generate({ iat: now() - 600 });
verifyJwt(token, publicKey, { maxAge: 900 });`,
  },
  ERR_JWT_WRONG_APPLICATION: {
    provokes: `verifyJwt(token, publicKey, { applicationId: '11111111-2222-3333-4444-555555555555' });`,
    avoids: `verifyJwt(token, publicKey, { applicationId });`,
  },
};
