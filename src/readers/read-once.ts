import { types } from 'node:util';
import { platformClassOf } from './brands';

/**
 * Returns a copy of an object that has getters or is a proxy, since such an object could change between two reads.
 * Returns any other object itself.
 */
export function readOnce<Value extends object>(value: Value): Value {
  const isGetter = (name: string) =>
    Object.getOwnPropertyDescriptor(value, name)?.get !== undefined;
  return types.isProxy(value) || Object.keys(value).some(isGetter) ? copyOf(value) : value;
}

/** A copy of the enumerable fields, with the same prototype. */
export function copyOf<Value extends object>(value: Value): Value {
  if (Array.isArray(value)) return [...(value as unknown[])] as unknown as Value;
  return Object.setPrototypeOf(
    { ...value },
    Object.getPrototypeOf(value) as object | null,
  ) as Value;
}

/** A copy of FormData, of the same class. */
export function copyOfForm(form: FormData): FormData {
  const copy = new (platformClassOf(form) as typeof FormData)();
  for (const [name, value] of form.entries()) copy.append(name, value);
  return copy;
}
