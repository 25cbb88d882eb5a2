/** The compiler's evidence joined to the ways: it makes them surer, and what they do not hold stands beside them. */
import type { CodeEntry, Confidence } from '../../model/code.ts'
import type { TypeEvidence, TypeFound } from '../../model/type-evidence.ts'
import type { Frame, Reach } from './reach.ts'
import { type CodeIndex, waysTo, weaker } from './search.ts'
import type { Target } from './target/target.ts'

/** `onPath`: a way of the answer holds it. `entries`: those that were seen to reach the function around it. */
export type Joined = TypeFound & { readonly onPath: boolean; readonly entries: readonly CodeEntry[] }

export type TypeAnswer = Pick<TypeEvidence, 'compiler' | 'notes'> & { readonly found: readonly Joined[] }

type Ways = { readonly target: Pick<Target, 'kind'>; readonly entries: readonly Reach[]; readonly tests: readonly Reach[] }

const isAt = ({ file, line }: Pick<Frame, 'file' | 'line'>, found: TypeFound): boolean =>
  file === found.file && (line === found.line || (found.statement[0] <= line && line <= found.statement[1]))

const surest = (frame: Frame): Frame => ({ ...frame, confidence: 'certain' })

/** A row that is carried along compiles without the column too. */
const canShow = ({ via }: Reach, { kind }: Pick<Target, 'kind'>): boolean => via === 'explicit' || kind === 'table'

/** A line that no longer compiles depends on the target, whatever is known of the rest of the way; how sure it is that an entry comes there is told by what lies before. */
const surer = (reach: Reach, found: readonly TypeFound[], target: Ways['target']): Reach => {
  if (!canShow(reach, target)) return reach
  const at = reach.path.findIndex((frame, place) => place > 0 && found.some((one) => isAt(frame, one)))
  if (at < 0) return reach
  const path = reach.path.map((frame, place) => (place < at ? frame : surest(frame)))
  const confidence = path.reduce<Confidence>((least, frame) => weaker(least, frame.confidence), 'certain')
  return { ...reach, path, confidence, byCompiler: true }
}

/** Functions of the facts by where they begin: one text may be several, by what it is called with. */
const functionsAt = ({ facts }: CodeIndex): ReadonlyMap<string, readonly number[]> => {
  const found = new Map<string, number[]>()
  facts.functions.forEach(({ file, line }, at) => {
    const known = found.get(`${file}:${line}`)
    if (known) known.push(at)
    else found.set(`${file}:${line}`, [at])
  })
  return found
}

const entriesTo = (index: CodeIndex, functions: ReadonlyMap<string, readonly number[]>, { file, functions: lines }: TypeFound): readonly CodeEntry[] => {
  const around = lines.flatMap((line) => functions.get(`${file}:${line}`) ?? [])
  const ways = waysTo(
    index,
    around.map((at) => ({ at, confidence: 'certain' as const })),
  )
  return ways.flatMap(({ entry }) => index.facts.entries[entry] ?? [])
}

/** The answer with what the compiler knows of it. */
export const withTypes = <A extends Ways>(index: CodeIndex, answer: A, { compiler, found, notes }: TypeEvidence): A & { readonly types: TypeAnswer } => {
  const entries = answer.entries.map((reach) => surer(reach, found, answer.target))
  const tests = answer.tests.map((reach) => surer(reach, found, answer.target))
  const frames = [...entries, ...tests].filter((reach) => canShow(reach, answer.target)).flatMap(({ path }) => path.slice(1))
  const functions = functionsAt(index)
  const joined = found.map((one): Joined => {
    const onPath = frames.some((frame) => isAt(frame, one))
    return { ...one, onPath, entries: onPath ? [] : entriesTo(index, functions, one) }
  })
  return { ...answer, entries, tests, types: { ...(compiler ? { compiler } : {}), notes, found: joined } }
}
