import { mapOptional } from '../options';
import { type Deprecation, products } from './products';

/** Warnings not yet emitted, by product. */
const pending = new Map(
  products.flatMap(({ name, deprecated }) =>
    deprecated?.warning === undefined ? [] : [[name, deprecated] as const],
  ),
);

/**
 * Emits the `DeprecationWarning` of a product, once per process. Node's `--no-deprecation`, `--no-warnings` and
 * `process.noDeprecation` silence it.
 */
export function warnDeprecated(product: string): void {
  const deprecation = pending.get(product);
  if (deprecation === undefined) return;
  pending.delete(product);
  process.emitWarning(deprecationMessage(product, deprecation), {
    type: 'DeprecationWarning',
    code: deprecation.warning,
  });
}

export function deprecationMessage(product: string, { ends, successor }: Deprecation): string {
  const end = mapOptional(ends, (day) => ` and ends on ${day}`) ?? '';
  const advice = mapOptional(successor, (other) => ` Use ${other} instead.`) ?? '';
  return `The platform's product ${product} is deprecated${end}.${advice}`;
}
