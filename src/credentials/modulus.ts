/** Products of the primes below 1,000, each small enough for a remainder to be an exact number. */
const divisors: { product: number; primes: number[] }[] = [];
for (let candidate = 2; candidate < 1000; candidate += 1) {
  if (isDivisible(BigInt(candidate))) continue;
  const last = divisors.at(-1);
  if (last === undefined || last.product * candidate > Number.MAX_SAFE_INTEGER) {
    divisors.push({ product: candidate, primes: [candidate] });
  } else {
    last.product *= candidate;
    last.primes.push(candidate);
  }
}

function isDivisible(n: bigint): boolean {
  return divisors.some(({ product, primes }) => {
    const remainder = Number(n % BigInt(product));
    return primes.some((prime) => remainder % prime === 0);
  });
}

/** OpenSSL verifies with no larger modulus. */
const limit = 2n ** 16_384n;

/** By Newton's method. */
function isSquare(n: bigint): boolean {
  // Every odd square is 1 modulo 8.
  if (n % 8n !== 1n || n >= limit) return false;
  let root = 1n << BigInt(2 * n.toString(16).length);
  let next = (root + n / root) >> 1n;
  while (next < root) [root, next] = [next, (next + n / next) >> 1n];
  return root * root === n;
}

/**
 * Whether anyone could factor the modulus of an RSA key at once: it is even, has a prime factor below 1,000, or is a
 * square. Does not tell a prime, whose test takes several milliseconds.
 */
export function isWeakModulus(n: bigint): boolean {
  return isDivisible(n) || isSquare(n);
}
