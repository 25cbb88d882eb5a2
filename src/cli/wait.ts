/** Waits `milliseconds`, or until `until` settles, whatever that ends with. Rejects with the signal's reason when it fires. */
export const waitFor = (milliseconds: number, signal: AbortSignal, until?: Promise<unknown>): Promise<void> => {
  if (signal.aborted) return Promise.reject(signal.reason)
  return new Promise((done, fail) => {
    const leave = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
    const end = (): void => {
      leave()
      done()
    }
    const stop = (): void => {
      leave()
      fail(signal.reason)
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', stop)
    until?.then(end, end)
  })
}
