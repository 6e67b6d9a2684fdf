/** Seconds of processor time since this was called. Other processes on the machine change it little. */
export function startProcessorTime(): () => number {
  const start = process.cpuUsage();
  return () => process.cpuUsage(start).user / 1e6;
}
