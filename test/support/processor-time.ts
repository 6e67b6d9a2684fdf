/** Seconds of processor time since this was called. Other processes have little effect on it. */
export function startProcessorTime(): () => number {
  const start = process.cpuUsage();
  return () => process.cpuUsage(start).user / 1e6;
}
