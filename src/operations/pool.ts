/** Runs `work` on each item, at most `limit` at a time; takes no further item when the signal fires. Answers in the order of the items. Throws what `work` throws first. */
export const pooled = async <T, R>(items: readonly T[], limit: number, signal: AbortSignal, work: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const results = new Map<number, R>()
  const waiting = items.entries()
  const worker = async (): Promise<void> => {
    for (const [at, item] of waiting) {
      signal.throwIfAborted()
      results.set(at, await work(item))
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result)
}
