import { types } from 'node:util';

/** The object; or where it could give something else when it is read again (a getter, a proxy), a copy. */
export function readOnce<Value extends object>(value: Value): Value {
  const isGetter = (name: string) =>
    Object.getOwnPropertyDescriptor(value, name)?.get !== undefined;
  if (!types.isProxy(value) && !Object.keys(value).some(isGetter)) return value;
  if (Array.isArray(value)) return [...(value as unknown[])] as unknown as Value;
  return Object.setPrototypeOf(
    { ...value },
    Object.getPrototypeOf(value) as object | null,
  ) as Value;
}
