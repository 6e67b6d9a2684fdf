// Measures one part in this process, and sends its rows to the parent process.
import { effort } from './effort.mjs';

const { title, meaning, note, run } = await import(`./parts/${process.argv[2]}.mjs`);
const rows = await run(effort);
process.send({ title, meaning, note, rows }, () => process.exit());
