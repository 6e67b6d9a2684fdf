import { readFileSync } from 'node:fs';
import { Converter, ReflectionKind } from 'typedoc';

const { name, exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url)));

/** The names by which users import the entries, by source file. */
const importNames = new Map(
  Object.entries(exports)
    .filter(([, { require }]) => require !== undefined)
    .map(([path, { require }]) => [
      require.replace('./dist/', '').replace('.js', ''),
      `${name}${path.slice(1)}`,
    ]),
);

/** Gives each module the name by which users import it. */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const module of context.project.getReflectionsByKind(ReflectionKind.Module)) {
      module.name = importNames.get(module.name.replace(/^(testing)$/, '$1/index')) ?? module.name;
    }
  });
}
