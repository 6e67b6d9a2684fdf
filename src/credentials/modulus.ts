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

/** The integer square root, rounded down, by Newton's method. */
function squareRoot(n: bigint): bigint {
  if (n === 0n) return n;
  let root = 1n << BigInt(2 * n.toString(16).length);
  let next = (root + n / root) >> 1n;
  while (next < root) [root, next] = [next, (next + n / next) >> 1n];
  return root;
}

/** Whether a number is a square. Most other numbers are ruled out by their last 6 bits. */
function isSquare(n: bigint): boolean {
  if (![0, 1, 4, 9, 16, 17, 25, 33, 36, 41, 49, 57].includes(Number(n & 63n))) return false;
  return squareRoot(n) ** 2n === n;
}

/** The maximum number of steps of Fermat's method. The keys of the printers in CVE-2022-26320 need fewer steps. */
const steps = 100n;

/** Whether an odd number is the product of two nearly equal numbers. Uses Fermat's method. */
function hasNeighbouringFactors(n: bigint): boolean {
  const root = squareRoot(n);
  const first = root ** 2n === n ? root : root + 1n;
  for (let mean = first; mean < first + steps; mean += 1n) {
    if (isSquare(mean ** 2n - n)) return true;
  }
  return false;
}

/**
 * Whether the modulus of an RSA key is trivial to factor. Detects a modulus that is even, has a prime factor below
 * 1,000, is a square, or is the product of two neighbouring primes. Does not detect a modulus that is a prime, a
 * cube or a higher power, or that was made from weak random numbers.
 */
export function isWeakModulus(n: bigint): boolean {
  return hasSmallFactor(n) || hasNeighbouringFactors(n);
}
