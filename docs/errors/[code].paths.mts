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
    codes.map((code, index) => ({
      params: { code },
      content: contentOf(code, codes[index - 1], codes[index + 1]),
    })),
};

function contentOf(code: string, previous: string | undefined, next: string | undefined): string {
  const { cause, remedy } = meanings[code];
  const { provokes, avoids } = examples[code];
  const language = code in commandErrors ? 'sh' : 'js';
  const frontmatter = { description: cause, prev: linkTo(previous), next: linkTo(next) };
  // JSON is YAML.
  return `---
${JSON.stringify(frontmatter)}
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
\`nexmo-auth explain ${code}\` says the same.
`;
}

function linkTo(code: string | undefined) {
  return code === undefined ? false : { text: code, link: `/errors/${code}` };
}
