/** What a compiler is to be shown for each target: the schema's files with other texts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Removal, Simulation } from '../../../model/type-evidence.ts'
import { byFile } from './by-file.ts'
import type { SchemaText } from './declared.ts'
import { schemaText, simulated } from './removal.ts'

/** Texts by the path from the root. */
export type Shown = { readonly how: Simulation; readonly texts: ReadonlyMap<string, string> }

/** `names`: what the parts are called in messages. */
export type Plan = { readonly shown: readonly Shown[]; readonly names: readonly string[]; readonly notes: readonly string[] }

const nameOf = (removal: Removal): string => (removal.kind === 'column' ? removal.key : removal.kind === 'value' ? removal.value : removal.symbol)

const simulations = ['drop', 'brand'] as const satisfies readonly Simulation[]

const read = (root: string, file: string): SchemaText => schemaText(file, readFileSync(join(root, file), 'utf8'))

/** Each file is read once for all targets. */
export const planner = (root: string): ((removals: readonly Removal[]) => Plan) => {
  const known = new Map<string, SchemaText>()
  const schemaIn = (file: string): SchemaText => {
    const schema = known.get(file) ?? read(root, file)
    known.set(file, schema)
    return schema
  }
  return (removals) => {
    const parts = byFile(removals)
    const lost = new Set<string>()
    const shown = simulations.map((how): Shown => {
      const texts = new Map<string, string>()
      for (const [file, own] of parts) {
        const schema = schemaIn(file)
        const text = simulated(file, schema, own, how)
        if (text === undefined && how === 'drop') lost.add(file)
        if (text !== undefined && text !== schema.text) texts.set(file, text)
      }
      return { how, texts }
    })
    return {
      shown: shown.filter(({ texts }) => texts.size > 0),
      names: removals.map(nameOf),
      notes: [...lost].map(
        (file) => `types not available: ${file} does not show the part as a text of its own, so the compiler was not shown the file without it`,
      ),
    }
  }
}
