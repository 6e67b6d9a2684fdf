/** Composite divisors need no extra rule: whatever divides by them divides by one of their prime factors, too. */
function hasSmallFactor(n: bigint): boolean {
  if (n % 2n === 0n) return true;
  for (let divisor = 3n; divisor < 1000n; divisor += 2n) {
    if (n % divisor === 0n) return true;
  }
  return false;
}

/** OpenSSL does not verify with a larger modulus. */
const upperBound = 2n ** 16_384n;

/** Integer square root by Newton's method. */
function isSquare(n: bigint): boolean {
  // Every odd square is congruent to 1 modulo 8.
  if (n % 8n !== 1n || n >= upperBound) return false;
  let root = 1n << BigInt(2 * n.toString(16).length);
  let next = (root + n / root) >> 1n;
  while (next < root) [root, next] = [next, (next + n / next) >> 1n];
  return root * root === n;
}

/**
 * Whether the modulus of an RSA key is trivial to factor, because it is even, has a prime factor below 1,000, or is a
 * square. Does not detect a prime modulus, since a primality test takes several milliseconds.
 */
export function isWeakModulus(n: bigint): boolean {
  return hasSmallFactor(n) || isSquare(n);
}
