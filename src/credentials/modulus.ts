type PrimeGroup = { product: number; primes: number[] };

/** The same for every key. Computed when the first key is checked, so that importing this package stays fast. */
let primeGroups: readonly PrimeGroup[] | undefined;

/** The products of groups of primes below 1,000. Each product is a safe integer. */
function groupSmallPrimes(): PrimeGroup[] {
  const found: PrimeGroup[] = [];
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

function hasSmallFactor(n: bigint): boolean {
  primeGroups ??= groupSmallPrimes();
  return primeGroups.some(({ product, primes }) => {
    const remainder = Number(n % BigInt(product));
    return primes.some((prime) => remainder % prime === 0);
  });
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
