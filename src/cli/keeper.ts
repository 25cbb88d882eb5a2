/** What a world has opened, until it is given back. */

/** So many may still be ending: a server has only so many connections. */
const mostLeaving = 2

/** Keeps what is opened, to close it in the opposite order; what is still opening or ending is waited for. */
export const keeper = () => {
  const opening: Promise<AsyncDisposable>[] = []
  const leaving = new Set<PromiseLike<void>>()
  let lasting = 0
  return {
    /** `endsWithUs`: nothing is left of it when the process is killed. */
    keep<T extends AsyncDisposable>(resource: Promise<T>, { endsWithUs = false } = {}): Promise<T> {
      opening.push(resource)
      if (!endsWithUs) lasting += 1
      return resource
    },
    /** Whether something was opened that a killed process would leave behind. */
    get outlasts(): boolean {
      return lasting > 0
    },
    /** Ends it now; a server takes its time to say farewell, in which others work. */
    async leave(resource: AsyncDisposable): Promise<void> {
      const ended = Promise.resolve(resource[Symbol.asyncDispose]()).finally(() => leaving.delete(ended))
      leaving.add(ended)
      if (leaving.size > mostLeaving) await ended
    },
    async close(): Promise<void> {
      for (let last = opening.pop(); last; last = opening.pop()) {
        const resource = await last.catch(() => undefined)
        await resource?.[Symbol.asyncDispose]()
      }
      await Promise.all(leaving)
    },
  }
}

export type Keeper = ReturnType<typeof keeper>
