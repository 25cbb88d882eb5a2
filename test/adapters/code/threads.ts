/** Programs of threads: there are none beside the sources. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

export type Programs = {
  readonly works: string
  /** Before it has done anything. */
  readonly dies: string
  /** With a candidate in hand. */
  readonly diesInTheMiddle: string
  remove(): void
}

export const buildPrograms = async (): Promise<Programs> => {
  const folder = mkdtempSync(join(process.cwd(), 'node_modules', '.cache', 'threads-'))
  const works = join(folder, 'lower-worker.mjs')
  await build({ entryPoints: ['src/adapters/code/lower-worker.ts'], outfile: works, bundle: true, format: 'esm', platform: 'node', packages: 'external' })
  const dies = join(folder, 'dies.mjs')
  writeFileSync(dies, "throw new Error('It dies.')")
  const diesInTheMiddle = join(folder, 'dies-in-the-middle.mjs')
  writeFileSync(
    diesInTheMiddle,
    `import { workerData } from 'node:worker_threads'
workerData.port.on('message', ({ lookers }) => {
  if (!lookers) return
  Atomics.compareExchange(lookers, 3, 0, 1)
  throw new Error('It dies.')
})`,
  )
  return { works, dies, diesInTheMiddle, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
