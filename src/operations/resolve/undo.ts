/** `--undo`: what a resolution wrote is taken back, as long as nobody has changed it since. */
import { ToolError } from '../../model/error.ts'
import { textEdit } from '../../model/text.ts'
import type { FileEdit, World } from '../../model/world.ts'

/** `path`: from the repository's root, for it may be taken back from another directory. */
type Kept = { readonly path: string; readonly before: string | null; readonly after: string | null }

/** In git's own directory, where no commit takes it along. */
const placeOf = (world: World): Promise<string> => world.git.ownPath('pgstrata/undo.json')

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const read = async (world: World, path: string): Promise<Uint8Array | undefined> => ((await world.files.exists(path)) ? world.files.read(path) : undefined)

/** The edits with one more, that keeps what they write over. All are written together, or none. */
export const withUndo = async (world: World, edits: readonly FileEdit[]): Promise<readonly FileEdit[]> => {
  const kept: Kept[] = []
  for (const edit of edits) {
    const before = await read(world, edit.path)
    kept.push({ path: await world.git.fromRoot(edit.path), before: before ? base64(before) : null, after: 'remove' in edit ? null : base64(edit.bytes) })
  }
  const text = `${JSON.stringify({ version: 1, at: new Date(world.now()).toISOString(), files: kept }, null, 2)}\n`
  return [...edits, textEdit(await placeOf(world), text)]
}

const isKept = (value: unknown): value is { readonly files: readonly Kept[] } =>
  typeof value === 'object' && value !== null && 'files' in value && Array.isArray(value.files)

/** Takes the last resolution back. Throws `nothing-to-undo`, and `undo-stale` where a file has changed since. */
export const undo = async (world: World): Promise<readonly string[]> => {
  const place = await placeOf(world)
  const bytes = await read(world, place)
  const kept: unknown = bytes && JSON.parse(new TextDecoder().decode(bytes))
  if (!isKept(kept)) throw new ToolError('nothing-to-undo', 'No resolution was written here that could be taken back.')
  const root = await world.git.root()
  const changed: string[] = []
  for (const { path, after } of kept.files) {
    const now = await read(world, `${root}/${path}`)
    if ((now ? base64(now) : null) !== after) changed.push(path)
  }
  if (changed.length > 0)
    throw new ToolError('undo-stale', `Changed since the resolution was written: ${changed.join(', ')}.`, {
      help: 'Nothing was taken back. Bring these files back with git, or undo by hand.',
    })
  await world.files.write([
    ...kept.files.map(
      ({ path, before }): FileEdit =>
        before === null ? { path: `${root}/${path}`, remove: true } : { path: `${root}/${path}`, bytes: new Uint8Array(Buffer.from(before, 'base64')) },
    ),
    { path: place, remove: true },
  ])
  return kept.files.map(({ path }) => path)
}
