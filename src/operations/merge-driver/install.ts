/** What is to be changed so that git calls the driver and the hooks, and what takes it back. */
import { textEdit } from '../../model/text.ts'
import type { FileEdit, World } from '../../model/world.ts'
import { textAt } from '../text-at.ts'
import { attributeLines } from './attributes.ts'
import { withBlock, withoutBlock } from './block.ts'
import { settings } from './driver.ts'
import { type HookName, hookNames, hooks, hookWith, hookWithout } from './hooks.ts'

export type Installation = {
  readonly edits: readonly FileEdit[]
  readonly settings: readonly { readonly key: string; readonly value: string | undefined }[]
  /** Hooks of somebody else that take no block: what to write into them by hand. */
  readonly byHand: readonly { readonly path: string; readonly lines: readonly string[] }[]
}

/** Nothing where the file is so already; a text that is undefined is no file. */
const edit = (path: string, before: string | undefined, after: string | undefined, executable = false): readonly FileEdit[] => {
  if (before === after) return []
  if (after === undefined) return [{ path, remove: true }]
  return [{ ...textEdit(path, after), ...(executable ? { executable: true } : {}) }]
}

const attributesPath = async (world: World): Promise<string> => `${await world.git.root()}/.gitattributes`

type Place = { readonly path: string; readonly kind: 'git' | 'husky' | 'shared' }

/** Where the hook is looked for. husky calls the files beside its own directory; a directory that all repositories of this user share is not ours to write in. */
const placeOf = async (world: World, name: HookName): Promise<Place> => {
  const [path, own] = [await world.git.ownPath(`hooks/${name}`), (await world.git.ownPath('info/exclude')).replace(/info\/exclude$/, `hooks/${name}`)]
  if (path.includes('.husky/_/')) return { path: path.replace('.husky/_/', '.husky/'), kind: 'husky' }
  return { path, kind: path === own || (await world.git.setting('core.hooksPath')) !== undefined ? 'git' : 'shared' }
}

const hookPlan = async (world: World, name: HookName): Promise<Pick<Installation, 'edits' | 'byHand'>> => {
  const { path, kind } = await placeOf(world, name)
  const before = await textAt(world, path)
  const after = kind === 'shared' ? undefined : hookWith(name, before)
  return after === undefined ? { edits: [], byHand: [{ path, lines: hooks[name] }] } : { edits: edit(path, before, after, kind === 'git'), byHand: [] }
}

const differing = async (world: World, wanted: (key: string) => string | undefined): Promise<Installation['settings']> => {
  const found: { readonly key: string; readonly value: string | undefined }[] = []
  for (const key of Object.keys(settings)) if ((await world.git.setting(key)) !== wanted(key)) found.push({ key, value: wanted(key) })
  return found
}

/** What is missing of it. Projects' folders are looked up from the repository's root. */
export const installation = async (world: World, withHooks: boolean): Promise<Installation> => {
  const lines: string[] = []
  for (const { folder } of await world.projects()) lines.push(...attributeLines(await world.git.fromRoot(folder)))
  const path = await attributesPath(world)
  const before = await textAt(world, path)
  const plans = withHooks ? await Promise.all(hookNames.map((name) => hookPlan(world, name))) : []
  return {
    edits: [...edit(path, before, withBlock(before ?? '', lines)), ...plans.flatMap(({ edits }) => edits)],
    settings: await differing(world, (key) => settings[key]),
    byHand: plans.flatMap(({ byHand }) => byHand),
  }
}

/** What is there of it. A file that nothing else stands in goes. */
export const removal = async (world: World): Promise<Installation> => {
  const path = await attributesPath(world)
  const before = await textAt(world, path)
  const edits = [...edit(path, before, before === undefined ? undefined : withoutBlock(before) === before ? before : withoutBlock(before) || undefined)]
  for (const name of hookNames) {
    const hook = (await placeOf(world, name)).path
    const text = await textAt(world, hook)
    if (text !== undefined && withoutBlock(text) !== text) edits.push(...edit(hook, text, hookWithout(text)))
  }
  return { edits, settings: await differing(world, () => undefined), byHand: [] }
}

/** Files first, all or none: without the configuration they do nothing. */
export const carryOut = async (world: World, { edits, settings: wanted }: Installation): Promise<void> => {
  const written = edits.length > 0 ? await world.files.write(edits) : undefined
  try {
    for (const { key, value } of wanted) await world.git.configure(key, value)
  } catch (error) {
    await written?.undo()
    throw error
  }
}
