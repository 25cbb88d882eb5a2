/** A resolution for people and for machines. */
import { collisionClass } from '../../features/collision/classes.ts'
import type { Conflict } from '../../features/collision/commute.ts'
import type { LedgerOutlook } from '../../features/collision/ledgers.ts'
import type { Resolution } from '../../features/collision/resolution.ts'
import type { Stop } from '../../features/collision/stops.ts'
import type { Project } from '../../model/config.ts'
import type { Finding } from '../../model/finding.ts'
import type { Migration } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import { displayKey } from '../../model/name.ts'
import { plural } from '../../model/numbers.ts'
import { below } from '../../model/path.ts'
import { type Block, type Span, type Text, toned } from '../../model/report.ts'
import type { FileEdit } from '../../model/world.ts'
import { reportedFinding } from '../../rules/report.ts'
import { titleOf } from '../examine.ts'
import type { Read } from './question.ts'
import type { Verified } from './verified.ts'

/** A database's ledger, and what its next `migrate` does. */
export type Environment = { readonly name: string; readonly outlook: LedgerOutlook }

export type Resolved = {
  readonly project: Project
  readonly read: Read
  readonly resolution: Resolution
  readonly verified: readonly Verified[]
  readonly edits: readonly FileEdit[]
  /** Paths of edits that bring back what has landed. */
  readonly restored: readonly string[]
  readonly environments: readonly Environment[]
  readonly written: boolean
  /** Folders of other projects of which something is to be decided first: all are written, or none. */
  readonly waitsFor: readonly string[]
}

/** Nothing stands in the way of writing. The TypeScript schema is the user's to merge: what it still lacks stands in nobody's way here. */
export const isSound = ({ resolution: { stops }, verified }: Pick<Resolved, 'resolution' | 'verified'>): boolean =>
  stops.length === 0 && verified.every(({ name, findings }) => name === 'schema' || findings.length === 0)

const second = (when: number): string =>
  new Date(when)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')

/** Which of the folder's classes this is: what a person would call it. */
export const folderClass = ({ read: { situation, question }, resolution }: Pick<Resolved, 'read' | 'resolution'>): 1 | 2 | 3 | 4 | undefined => {
  const { landed, mine } = question.sides
  if (landed.length === 0 || mine.length === 0) return resolution.dropped.some(({ why }) => why === 'same') ? 4 : undefined
  if (situation.kind === 'merged') return 3
  return landed.length === 1 && mine.length === 1 ? 1 : 2
}

const at = ({ tag, line }: Conflict['mine'][number]): string => `${tag}:${line}`

const stopItems = ({ key, explanation, ways, conflict }: Stop): readonly Block[] => [
  { type: 'heading', level: 2, text: [{ text: key, tone: 'bad' }] },
  { type: 'text', text: explanation },
  ...(conflict
    ? [
        ...conflict.landed.map((each): Block => ({ type: 'code', language: 'sql', text: each.sql, caption: `landed, ${at(each)}` })),
        ...conflict.mine.map((each): Block => ({ type: 'code', language: 'sql', text: each.sql, caption: `mine, ${at(each)}` })),
      ]
    : []),
  {
    type: 'definition',
    items: ways.map(({ id, who, text }) => ({ term: id, text: who === 'tool' ? [text, ' ', { text: `--choose ${key}=${id}`, tone: 'muted' }] : text })),
  },
]

const movesTable = ({ rebase }: Resolution): readonly Block[] =>
  rebase === undefined || rebase.moves.every(({ untouched }) => untouched)
    ? []
    : [
        {
          type: 'table',
          columns: [{ title: 'mine' }, { title: 'becomes' }, { title: 'when' }, { title: 'snapshot' }],
          rows: rebase.moves.map(({ from, to, stays, snapshot }): readonly Text[] => [
            from.tag,
            stays ? [{ text: 'stays', tone: 'muted' }] : to.tag,
            from.when === to.when ? second(to.when) : `${second(from.when)} → ${second(to.when)}`,
            snapshot === 'merged' ? 'merged' : [{ text: snapshotWords[snapshot], tone: 'muted' }],
          ]),
        },
      ]

const snapshotWords = { written: 'made from the SQL', none: 'none: the landed side has none' } as const

const droppedWords = {
  same: 'has landed already',
  emptied: 'all that it does has landed: its file goes',
  'given-up': 'given up, as chosen',
} as const

const changes = ({ dropped, rewrites, commutation }: Resolution): readonly Block[] => {
  const items = [
    ...dropped.map(({ migration, why, as }) => ({ term: migration.tag, text: `${droppedWords[why]}${as === undefined ? '' : `, as ${as}`} (class 4)` })),
    ...rewrites.map(({ conflict, way, tag, from, to }) => ({
      term: `${tag}, class ${conflict.class}`,
      text: `${conflict.explanation} ${way.text}\n− ${from}${to.map((sql) => `\n+ ${sql}`).join('')}`,
    })),
    ...commutation.warnings.map((warning) => ({ term: `${warning.mine[0]?.tag ?? ''}, look at it`, text: warning.explanation })),
  ]
  return items.length === 0 ? [] : [{ type: 'definition', items }]
}

const verdictOf = ({ findings, unknown, notAsked }: Verified): Span => {
  if (findings.length > 0) return { text: 'failed', tone: 'bad' }
  if (notAsked) return { text: 'not asked', tone: 'muted' }
  return unknown.length > 0 ? { text: 'unknown', tone: 'warn' } : { text: 'holds', tone: 'good' }
}

const verifiedItems = (verified: readonly Verified[]): readonly Block[] =>
  verified.length === 0 ? [] : [{ type: 'definition', items: verified.map((each) => ({ term: each.name, text: [verdictOf(each), `: ${each.shown}`] })) }]

const listed = (tags: readonly string[]): string => tags.join(', ')

/** What is left to somebody whose database nobody can set right from its ledger. */
const byHand = 'Make it anew, or take back by hand what it has run of these before its next migrate.'

const environmentBlocks = ({ name, outlook }: Environment): readonly Block[] => {
  const lines = [
    ...(outlook.runs.length > 0 ? [`runs ${listed(outlook.runs)}`] : []),
    ...(outlook.again.length > 0 ? [`would run ${listed(outlook.again)} again`] : []),
    ...(outlook.skips.length > 0 ? [`would never run ${listed(outlook.skips)}`] : []),
    ...(outlook.unknown.length > 0 ? [`has ${plural(outlook.unknown.length, 'row')} that no migration explains`] : []),
  ]
  const givenUp = (outlook.givenUp ?? []).map(({ tag, sql }) => `${sql.replaceAll(/\s+/g, ' ')} (${tag})`)
  return [
    { type: 'heading', level: 2, text: name },
    {
      type: 'text',
      text: `At its next migrate it ${lines.length === 0 ? 'has nothing to do' : lines.join('; ')}.${outlook.repair === undefined ? '' : ' First run this on it:'}`,
    },
    ...(outlook.unrepaired === undefined ? [] : [toned(`No SQL is known to set it right: ${outlook.unrepaired}. ${byHand}`, 'bad')]),
    ...(givenUp.length === 0 ? [] : [{ type: 'text', text: `It has run what was given up, and what that did stays there: ${givenUp.join('; ')}.` } as const]),
    ...(outlook.repair === undefined ? [] : [{ type: 'code', language: 'sql', text: outlook.repair } as const]),
  ]
}

const summary = ({ read: { situation, landed, mine, question }, resolution, edits, written }: Resolved): string => {
  const { sides } = question
  const told = `${landed.name} has landed (${situation.why}); mine is ${mine.name}.`
  const counts = `${plural(sides.landed.length, 'migration')} landed, ${plural(sides.mine.length, 'migration')} of mine.`
  if (resolution.stops.length > 0) return `${told} ${counts} ${plural(resolution.stops.length, 'decision')} to be made before anything can be put in line.`
  if (situation.kind === 'ahead' && resolution.rebase)
    return `${told} ${counts} They will collide: merge (or rebase onto) ${landed.name}, then run pgstrata resolve --write.`
  if (edits.length === 0) return `${told} ${counts} Nothing is to be done.`
  return `${told} ${counts} ${plural(edits.length, 'file')} ${written ? 'written' : 'to be written'}.`
}

const nextSteps = (resolved: Resolved): readonly Block[] => {
  const { project, edits, written, resolution, waitsFor } = resolved
  const { situation } = resolved.read
  if (resolution.stops.length > 0 || edits.length === 0) return []
  if (!isSound(resolved)) return [toned('Nothing is written: the folder as it would be does not hold (see below).', 'bad')]
  if (waitsFor.length > 0) return [toned(`Nothing is written before ${listed(waitsFor)} ${waitsFor.length === 1 ? 'is' : 'are'} decided too.`, 'bad')]
  if (!written)
    return situation.kind === 'ahead' ? [] : [{ type: 'code', language: 'sh', text: 'pgstrata resolve --write', caption: 'writes it, all or nothing' }]
  const go: { readonly [kind: string]: string } = {
    merge: 'git merge --continue',
    rebase: 'git rebase --continue',
    'cherry-pick': 'git cherry-pick --continue',
  }
  return [
    {
      type: 'code',
      language: 'sh',
      text: [`git add -A ${project.folder}`, ...(go[situation.kind] === undefined ? ['git commit'] : [go[situation.kind] ?? ''])].join('\n'),
      caption: 'next; pgstrata resolve --undo takes it back',
    },
  ]
}

export const blocksOf = (resolved: Resolved): readonly Block[] => {
  const { project, read, resolution, verified, restored, environments } = resolved
  const number = folderClass(resolved)
  return [
    { type: 'heading', level: 1, text: titleOf(project) },
    { type: 'text', text: summary(resolved) },
    ...(number === undefined ? [] : [toned(`Class ${number}: ${collisionClass(number).meaning}`, 'muted')]),
    ...resolution.stops.flatMap(stopItems),
    ...movesTable(resolution),
    ...changes(resolution),
    ...(restored.length === 0 ? [] : [{ type: 'text', text: `Brought back as ${read.landed.name} has it: ${listed(restored)}.` } satisfies Block]),
    ...verifiedItems(verified),
    ...environments.flatMap(environmentBlocks),
    ...nextSteps(resolved),
  ]
}

const conflictData = ({ class: number, name, objects, landed, mine, explanation, ways, order }: Conflict): Json => ({
  class: number,
  name,
  objects: objects.map(displayKey),
  landed: landed.map(({ tag, line, sql }) => ({ tag, line, sql })),
  mine: mine.map(({ tag, line, sql }) => ({ tag, line, sql })),
  explanation,
  order: { landedFirst: order.landedFirst, mineFirst: order.mineFirst },
  ways: ways.map(({ id, who, text, sql }) => ({ id, who, text, sql: sql ? [...sql] : null })),
})

const outlookData = ({ rows, runs, again, skips, unknown, repair, unrepaired, givenUp = [] }: LedgerOutlook): Json => ({
  rows,
  runs: [...runs],
  again: [...again],
  skips: [...skips],
  unknown: unknown.length,
  repair: repair ?? null,
  unrepaired: unrepaired ?? null,
  givenUp: givenUp.map(({ tag, sql }) => ({ tag, sql })),
})

export const dataOf = (resolved: Resolved): Json => {
  const { project, read, resolution, verified, edits, restored, environments, written, waitsFor } = resolved
  const { commutation, stops, rewrites, dropped, rebase } = resolution
  return {
    name: project.name,
    folder: project.folder,
    situation: read.situation.kind,
    landed: { name: read.landed.name, why: read.situation.why, migrations: read.question.sides.landed.map(({ tag }) => tag) },
    mine: { name: read.mine.name, migrations: read.question.sides.mine.map(({ tag }) => tag) },
    class: folderClass(resolved) ?? null,
    commutes: commutation.verdict,
    conflicts: commutation.conflicts.map(conflictData),
    warnings: commutation.warnings.map(conflictData),
    stops: stops.map(({ class: number, name, key, explanation, ways }) => ({
      class: number,
      name,
      key,
      explanation,
      ways: ways.map(({ id, who, text }) => ({ id, who, text })),
    })),
    moves: (rebase?.moves ?? []).map(({ from, to }) => ({ from: from.tag, to: to.tag, idx: to.entry?.idx ?? null, when: to.when, whenBefore: from.when })),
    rewrites: rewrites.map(({ conflict, way, tag, from, to }) => ({ tag, class: conflict.class, way: way.id, from, to: [...to] })),
    dropped: dropped.map(({ migration, why, as }) => ({ tag: migration.tag, why, as: as ?? null })),
    verified: verified.map(({ name, findings, unknown, notAsked, shown }) => ({
      name,
      holds: findings.length > 0 ? false : unknown.length > 0 || notAsked ? null : true,
      shown,
    })),
    files: edits.map((edit) => ({ path: edit.path, change: 'remove' in edit ? 'remove' : 'write' })),
    restored: [...restored],
    environments: Object.fromEntries(environments.map(({ name, outlook }) => [name, outlookData(outlook)])),
    written,
    waitsFor: [...waitsFor],
  }
}

const placeOf = (project: Project, stop: Stop, found: Resolution): Pick<Finding, 'file' | 'line' | 'migration'> => {
  const [mine] = stop.conflict?.mine ?? []
  if (!mine) return { file: project.folder }
  const path = found.mine.find(({ tag }) => tag === mine.tag)?.path ?? mine.tag
  return { file: below(project.folder, path), line: mine.line, migration: mine.tag }
}

/** What somebody has to decide. */
export const stopFindings = (project: Project, found: Resolution): readonly Finding[] =>
  found.stops.map((stop) =>
    reportedFinding('collision-undecided', stop.explanation, placeOf(project, stop, found), stop.key, {
      help: stop.ways.map(({ text }) => text).join(' Or: '),
    }),
  )

/** That, and what the look at the result found. */
export const findingsOf = ({ project, resolution: found, verified }: Resolved): readonly Finding[] => [
  ...stopFindings(project, found),
  ...verified.flatMap(({ findings }) => findings),
]

const rivalOf = ({ landed }: Read['question']['sides'], mine: Migration): Migration | undefined =>
  landed.find(({ entry }) => entry !== undefined && entry.idx === mine.entry?.idx) ?? landed[0]

const sentence = ({ landed, situation: { kind }, question }: Read, from: Migration): string => {
  const rival = rivalOf(question.sides, from)
  const when = kind === 'ahead' ? 'has landed since this branch left' : 'has landed'
  if (!rival) return `${from.tag} does not stand behind what ${landed.name} has: its number, its time or its snapshot is that of an earlier place.`
  return `${from.tag} and ${rival.tag}, which ${when} (${landed.name}), claim one place in the line.`
}

const help = ({ situation: { kind }, landed }: Read): string =>
  kind === 'ahead'
    ? `git merge ${landed.name} (or git rebase ${landed.name}), then pgstrata resolve --write.`
    : 'pgstrata resolve shows the plan, pgstrata resolve --write writes it.'

/** Each of mine that has to move. */
export const numberFindings = (project: Project, read: Read, found: Resolution): readonly Finding[] =>
  (found.rebase?.moves ?? [])
    .filter(({ untouched }) => !untouched)
    .map(({ from }) =>
      reportedFinding('collision', sentence(read, from), { file: below(project.folder, from.path), migration: from.tag }, from.tag, { help: help(read) }),
    )
