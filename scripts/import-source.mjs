import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** Imports a TypeScript module of this repository. */
export async function importSource(path) {
  const input = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const bundle = await rolldown({ input });
  const { output } = await bundle.generate({ format: 'es' });
  return import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
}
