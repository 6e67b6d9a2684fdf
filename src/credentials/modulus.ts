type Divisor = { product: number; primes: number[] };

/** Found at the first key, since importing the package must stay cheap. */
let divisors: readonly Divisor[] | undefined;

/** The primes below 1,000, by products that are small enough for a remainder to be an exact number. */
function findDivisors(): Divisor[] {
  const found: Divisor[] = [];
  for (let candidate = 2; candidate < 1000; candidate += 1) {
    if (found.some(({ primes }) => primes.some((prime) => candidate % prime === 0))) continue;
    const last = found.at(-1);
    if (last === undefined || last.product * candidate > Number.MAX_SAFE_INTEGER) {
      found.push({ product: candidate, primes: [candidate] });
    } else {
      last.product *= candidate;
      last.primes.push(candidate);
    }
  }
  return found;
}

function isDivisible(n: bigint): boolean {
  divisors ??= findDivisors();
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
