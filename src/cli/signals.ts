/** Ctrl-C and termination: the first asks the run to stop and clean up, the second ends the process at once. */

/** Milliseconds. One Ctrl-C comes twice where a package manager stands between: from the terminal, and handed on by it. */
const onePress = 400

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
type Signal = keyof typeof codes

export type Stopping = {
  readonly signal: AbortSignal
  /** The exit code of the signal that came, or undefined. */
  code(): number | undefined
  /** Rejects as soon as a signal has come. */
  readonly stopped: Promise<never>
  /**
   * Does work in which nobody would hear a signal, for it does not come back to the event loop: meanwhile one ends the process, as the system does it. For work that leaves nothing to clean up.
   * One that has come and was not heard yet is lost: let the event loop turn before. Throws `Stopped` after one.
   */
  unheard<T>(work: () => T): T
}

/** Why a run was given up. */
export class Stopped extends Error {
  constructor(signal: string) {
    super(`stopped by ${signal}`)
    this.name = 'Stopped'
  }
}

export const listenForSignals = (target: NodeJS.Process): Stopping => {
  const controller = new AbortController()
  let code: number | undefined
  let pressed = 0
  let reject: (reason: Stopped) => void = () => undefined
  const stopped = new Promise<never>((_, no) => {
    reject = no
  })
  stopped.catch(() => undefined)
  const names = Object.keys(codes) as Signal[]
  const hear = (name: Signal): void => {
    const isAgain = code !== undefined
    // An orderly exit could wait for what hangs.
    if (isAgain && performance.now() - pressed > onePress) target.kill(target.pid, 'SIGKILL')
    if (isAgain) return
    pressed = performance.now()
    code = codes[name]
    const reason = new Stopped(name)
    controller.abort(reason)
    reject(reason)
  }
  const listen = (): void => {
    for (const name of names) target.on(name, hear)
  }
  listen()
  return {
    signal: controller.signal,
    code: () => code,
    stopped,
    unheard(work) {
      controller.signal.throwIfAborted()
      for (const name of names) target.off(name, hear)
      try {
        return work()
      } finally {
        listen()
      }
    },
  }
}
