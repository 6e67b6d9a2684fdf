// Makes one page for each error code, from the source of docs/errors.md and of `nexmo-auth explain`.
import { commandExamples, errorExamples } from '../../site/error-examples.mjs';
import { commandErrors } from '../../src/cli/cli-error';
import { type ErrorMeaning, errorGroups } from '../../src/error-meanings';

type Example = { provokes: string; avoids: string };

const meanings: Record<string, ErrorMeaning> = Object.assign(
  {},
  ...Object.values(errorGroups),
  commandErrors,
);
const examples: Record<string, Example> = { ...errorExamples, ...commandExamples };
const codes = Object.keys(meanings);

export default {
  paths: () =>
    Object.entries(meanings).map(([code, meaning], index) => {
      const example = examples[code];
      if (example === undefined) throw new Error(`${code} has no example.`);
      const neighbours = { prev: linkTo(codes[index - 1]), next: linkTo(codes[index + 1]) };
      return { params: { code }, content: contentOf(code, meaning, example, neighbours) };
    }),
};

function contentOf(
  code: string,
  { cause, remedy }: ErrorMeaning,
  { provokes, avoids }: Example,
  neighbours: object,
): string {
  const language = code in commandErrors ? 'sh' : 'js';
  // JSON is also YAML.
  return `---
${JSON.stringify({ description: cause, ...neighbours })}
---

# ${code}

[← All error codes](../errors.md)

- **Cause:** ${cause}
- **Remedy:** ${remedy}

## Provokes it

\`\`\`${language}
${provokes}
\`\`\`

## Avoids it

\`\`\`${language}
${avoids}
\`\`\`

[The examples of error codes](examples.md) defines the names in this code. On the command line,
\`nexmo-auth explain ${code}\` prints the cause and the remedy.
`;
}

function linkTo(code: string | undefined) {
  return code === undefined ? false : { text: code, link: `/errors/${code}` };
}
