/**
 * Whether a number has a prime factor below 1,000. The loop also tries composite divisors. They do not change the
 * result, because their prime factors are tried before them.
 */
function hasSmallFactor(n: bigint): boolean {
  if (n % 2n === 0n) return true;
  for (let divisor = 3n; divisor < 1000n; divisor += 2n) {
    if (n % divisor === 0n) return true;
  }
  return false;
}

/** A larger modulus is not tested, because OpenSSL does not verify with a modulus of more than 16,384 bits. */
const upperBound = 2n ** 16_384n;

/** Whether a number is a square. Newton's method finds the integer square root. */
function isSquare(n: bigint): boolean {
  // Every odd square is congruent to 1 modulo 8.
  if (n % 8n !== 1n || n >= upperBound) return false;
  let root = 1n << BigInt(2 * n.toString(16).length);
  let next = (root + n / root) >> 1n;
  while (next < root) [root, next] = [next, (next + n / next) >> 1n];
  return root * root === n;
}

/**
 * Whether the modulus of an RSA key is trivial to factor. Detects a modulus that is even, has a prime factor below
 * 1,000, or is a square. Does not detect a prime modulus, since a primality test takes several milliseconds.
 */
export function isWeakModulus(n: bigint): boolean {
  return hasSmallFactor(n) || isSquare(n);
}
