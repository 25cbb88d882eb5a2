/** The TypeScript compiler's evidence about targets. */
import type { Answer } from '../../features/impact/answer.ts'
import type { Reach } from '../../features/impact/reach.ts'
import { removalsOf } from '../../features/impact/removal.ts'
import { type Joined, type TypeAnswer, withTypes } from '../../features/impact/types.ts'
import { plural } from '../../model/numbers.ts'
import { type Block, type Text, type TreeItem, toned } from '../../model/report.ts'
import type { TypeEvidence } from '../../model/type-evidence.ts'
import type { World } from '../../model/world.ts'
import type { Footing } from './ground.ts'

/** An answer, with the compiler's evidence where it was asked for. */
export type Typed = Answer & { readonly types?: TypeAnswer }

const untyped = (name: string): TypeEvidence => ({
  found: [],
  notes: [`types not available: no text of the schema is ${name}, so there is nothing to take out of it`],
})

/** Asks about all targets at once: a project is loaded once for all. */
export const askCompiler = async (world: World, { root, index }: Footing, answers: readonly Answer[]): Promise<readonly Typed[]> => {
  const removals = answers.map(({ target }) => removalsOf(index.facts, target))
  const asked = removals.filter((own) => own.length > 0)
  const evidence = asked.length === 0 ? [] : await world.types(root, asked)
  return answers.map((answer, at) => {
    const own = removals[at] ?? []
    return withTypes(index, answer, (own.length > 0 ? evidence[asked.indexOf(own)] : undefined) ?? untyped(answer.target.name))
  })
}

const longest = 110
const shown = 12

const shortened = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text)

const entriesText = ({ entries: [first, ...others] }: Joined): string =>
  first === undefined ? '' : `  on the way of ${first.name}${others.length === 0 ? '' : ` and ${others.length} more`}`

const item = (found: Joined): TreeItem => ({
  text: [`${shortened(found.message)}  `, { text: `${found.file}:${found.line}`, tone: 'muted' }, entriesText(found)],
  children: [],
})

const foundTree = (found: readonly Joined[], full: boolean): readonly Block[] => {
  const beside = found.filter(({ onPath }) => !onPath)
  if (beside.length === 0) return []
  const told = full ? beside : beside.slice(0, shown)
  const rest = beside.length - told.length
  const more: Text = [{ text: `and ${rest} more: --full, or --format json`, tone: 'muted' }]
  return [
    {
      type: 'tree',
      root: {
        text: [{ text: `the compiler also finds (${beside.length})`, tone: 'strong' }],
        children: [...told.map(item), ...(rest > 0 ? [{ text: more, children: [] }] : [])],
      },
    },
  ]
}

const agreed = (ways: readonly Reach[]): string => {
  const own = ways.filter(({ byCompiler }) => byCompiler)
  return own.length === 0 ? 'names no line of these ways' : `agrees with ${plural(own.length, 'way')} of ${ways.length}`
}

/** A sentence, what the ways above do not hold, and what it was not asked. */
export const typesBlocks = ({ compiler, found, notes }: TypeAnswer, ways: readonly Reach[], full: boolean): readonly Block[] => [
  ...(compiler ? [{ type: 'text', text: `TypeScript ${compiler.version} finds ${plural(found.length, 'place')}, and ${agreed(ways)}.` } as const] : []),
  ...foundTree(found, full),
  ...notes.map((text): Block => toned(text, 'warn')),
]
