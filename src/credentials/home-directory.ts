import { homedir } from 'node:os';

/** Replaces the `~` of a leading `~/` with the home directory. Keeps `~/` if there is no home directory. */
export function expandHome(path: string): string {
  return path.replace(/^~(?=\/)/, homeDirectory);
}

function homeDirectory(tilde: string): string {
  try {
    return homedir() || tilde;
  } catch {
    return tilde;
  }
}
