/** Node 22 doesn't tell. */
const { threadCpuUsage } = process as Partial<Pick<NodeJS.Process, 'threadCpuUsage'>>;

/**
 * Processor time that this thread has taken, in ms: what it waited for others on a crowded machine is none of its work. The time of day where
 * that can't be told.
 */
export function threadMs(): number {
  if (threadCpuUsage === undefined) return performance.now();
  const { user, system } = threadCpuUsage();
  return (user + system) / 1000;
}
