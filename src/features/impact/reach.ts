/** Which entries reach places of the code, and by which way. */
import type { Access, CodeEntry, CodePlace, Confidence } from '../../model/code.ts'
import { type CodeIndex, confidences, isSurer, type Way, waysTo, weaker } from './search.ts'
import type { FoundUse } from './sources.ts'

/** One place on the way; `confidence`: how sure it is that the way leads on from there. */
export type Frame = CodePlace & { readonly what: string; readonly confidence: Confidence }

/** An entry that does something with what was asked for, with the best evidence that there is. */
export type Reach = {
  readonly entry: CodeEntry
  readonly access: Access
  readonly via: 'explicit' | 'implicit'
  readonly confidence: Confidence
  /** From the entry to the use. */
  readonly path: readonly Frame[]
  readonly use: FoundUse
  /** The compiler says so too, of a line of the path. */
  readonly byCompiler?: true
}

const accesses = ['read', 'write', 'delete'] as const satisfies readonly Access[]

const callFrames = ({ facts }: CodeIndex, steps: Way<FoundUse>['steps']): readonly Frame[] =>
  steps.map(({ from, to, line, confidence }) => ({
    file: facts.functions[from]?.file ?? '',
    line,
    what: `calls ${facts.functions[to]?.name ?? ''}`,
    confidence,
  }))

/** What an entry runs is told where its name does not say it: a middleware. */
const entryFrame = ({ file, line, name }: CodeEntry, { what, confidence }: Way<FoundUse>['run']): Frame => ({
  file,
  line,
  what: what.includes(' ') && !what.startsWith('handler') ? `${name}, ${what}` : name,
  confidence,
})

/** A call that stands where the entry does is the framework's own: one frame tells both. */
const joined = (first: Frame, [next, ...rest]: readonly Frame[]): readonly Frame[] =>
  next && rest.length > 0 && next.file === first.file && next.line === first.line
    ? joined({ ...first, confidence: weaker(first.confidence, next.confidence) }, rest)
    : [first, ...(next ? [next, ...rest] : [])]

const framesOf = (index: CodeIndex, entry: CodeEntry, { run, steps, source }: Way<FoundUse>): readonly Frame[] => {
  const { file, line, what, confidence } = source
  return joined(entryFrame(entry, run), [...callFrames(index, steps), { file, line, what, confidence }])
}

const reachOf = (index: CodeIndex, way: Way<FoundUse>): readonly Reach[] => {
  const entry = index.facts.entries[way.entry]
  const { access, via } = way.source
  return entry ? [{ entry, access, via, confidence: way.confidence, path: framesOf(index, entry, way), use: way.source }] : []
}

const byConfidence = (a: Reach, b: Reach): number => confidences.indexOf(a.confidence) - confidences.indexOf(b.confidence)
const byName = (a: Reach, b: Reach): number => (a.entry.name < b.entry.name ? -1 : a.entry.name > b.entry.name ? 1 : 0)

/** One answer for each entry and access: what is named goes before what is carried along. */
export const reachesTo = (index: CodeIndex, uses: readonly FoundUse[]): readonly Reach[] =>
  accesses.flatMap((access) => {
    const ofAccess = uses.filter((use) => use.access === access)
    const [explicit = [], implicit = []] = (['explicit', 'implicit'] as const).map((via) =>
      waysTo(
        index,
        ofAccess.filter((use) => use.via === via),
      ).flatMap((way) => reachOf(index, way)),
    )
    const named = new Set(explicit.map(({ entry }) => entry))
    const sorted = (reaches: readonly Reach[]): readonly Reach[] => reaches.toSorted((a, b) => byConfidence(a, b) || byName(a, b))
    return [...sorted(explicit), ...sorted(implicit.filter(({ entry }) => !named.has(entry)))]
  })

/** The part of a way that is least sure; undefined where all of it is certain. */
export const weakestOf = ({ path }: Pick<Reach, 'path'>): Frame | undefined =>
  path.reduce<Frame | undefined>(
    (weakest, frame) => (frame.confidence !== 'certain' && (!weakest || isSurer(weakest.confidence, frame.confidence)) ? frame : weakest),
    undefined,
  )

/** Whether it is a test that reaches it: tests are told apart from what users meet. */
export const isTest = ({ entry }: Pick<Reach, 'entry'>): boolean => entry.kind === 'test'
