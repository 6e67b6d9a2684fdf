import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/run';
import { newTutorialReader, readTutorial } from '../support/tutorial';

const tutorials = readdirSync(join(root, 'docs/tutorials')).filter((name) => name !== 'index.md');

// The tutorials can run concurrently, since each waits for processes of its own.
test.concurrent.each(tutorials)('a reader of %s gets the output that it shows', async (name) => {
  const steps = await readTutorial(`docs/tutorials/${name}`);
  const reader = newTutorialReader();
  try {
    for (const [index, step] of steps.entries()) await reader.follow(step, steps[index + 1]);
  } finally {
    reader.close();
  }
});
