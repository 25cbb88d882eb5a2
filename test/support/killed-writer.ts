/** The real writer of files in a process of its own, which kills itself in its nth step. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { FileEdit } from '../../src/model/world.ts'

export type KilledWriter = Awaited<ReturnType<typeof killedWriter>>

export const killedWriter = async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pgstrata-writer-'))
  const script = join(directory, 'writer.mjs')
  const writer = fileURLToPath(new URL('../../src/adapters/files/write.ts', import.meta.url))
  const contents = `
    import { writeEdits } from ${JSON.stringify(writer)}
    const [root, edits, killAt] = process.argv.slice(2)
    const list = JSON.parse(edits).map((edit) => (edit.text === undefined ? edit : { path: edit.path, bytes: new TextEncoder().encode(edit.text) }))
    let step = 0
    await writeEdits(root, list, () => { if (step++ === Number(killAt)) process.kill(process.pid, 'SIGKILL') })
    console.log(step)
  `
  await build({ stdin: { contents, resolveDir: directory, loader: 'js' }, bundle: true, platform: 'node', format: 'esm', outfile: script })
  return {
    /** How it ended, and how many steps there were: none when it was killed. `killAt` -1 lets it live. */
    run(root: string, edits: readonly FileEdit[], killAt: number): { readonly signal: string | null; readonly steps: number } {
      const plain = edits.map((edit) => ('bytes' in edit ? { path: edit.path, text: new TextDecoder().decode(edit.bytes) } : edit))
      const { signal, stdout, stderr } = spawnSync(process.execPath, [script, root, JSON.stringify(plain), String(killAt)], { encoding: 'utf8' })
      if (stderr) throw new Error(stderr)
      return { signal, steps: Number(stdout) }
    },
    remove: (): void => rmSync(directory, { recursive: true, force: true }),
  }
}
