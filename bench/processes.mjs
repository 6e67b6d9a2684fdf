import { spawnSync } from 'node:child_process';

/** Nanoseconds of a whole process of Node with these arguments, from its start to its end. */
export function processTime(args) {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, args);
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed.`);
  return (performance.now() - start) * 1e6;
}
