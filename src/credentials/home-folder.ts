import { homedir } from 'node:os';

/** A path in which a leading `~/` is the home folder. It stays as it is where there is none. */
export function expandHome(path: string): string {
  return path.replace(/^~(?=\/)/, homeFolder);
}

function homeFolder(tilde: string): string {
  try {
    return homedir() || tilde;
  } catch {
    return tilde;
  }
}
