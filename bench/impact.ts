/**
 * How right `impact` is, beside what teams do without it: `npm run bench:impact -- CHECKOUT TRUTH.json [CHECKOUT TRUTH.json …] [--details] [--no-references]`.
 * TRUTH.json holds labels made by hand (bench/impact/truth has ours); CHECKOUT is the repository at the commit that they name. One run of the built command line asks for
 * all targets of a checkout (`--report FILE` reads a run's JSON instead). A pair of entry and access is what counts; bench/README.md says how.
 *
 * `npm run bench:impact -- --alone REPOSITORY [--files N]` follows some entries alone, and shows what everything at once has of them.
 * `npm run bench:impact -- --speed REPOSITORY [--edit FILE] [--cold S] [--memory MB] [--edited S] [--query MS]` measures time and memory there; RUNS sets how often.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { measureLost } from './impact/alone.ts'
import { ask } from './impact/ask.ts'
import { baselines } from './impact/baselines.ts'
import { handlerOf, type Place } from './impact/handlers.ts'
import { type Project, readProject } from './impact/project.ts'
import { judge, judgeEntries, macro, micro, type Rates, rates, recall, type Score, type Verdict } from './impact/score.ts'
import { measureSpeed } from './impact/speed.ts'
import { isSameEntry, type Reported, type Target, targetText } from './impact/truth.ts'

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    details: { type: 'boolean', default: false },
    'no-references': { type: 'boolean', default: false },
    'no-baselines': { type: 'boolean', default: false },
    report: { type: 'string' },
    alone: { type: 'string' },
    files: { type: 'string', default: '24' },
    speed: { type: 'string' },
    edit: { type: 'string' },
    cold: { type: 'string', default: '12' },
    memory: { type: 'string', default: '1536' },
    edited: { type: 'string', default: '1.5' },
    query: { type: 'string', default: '100' },
  },
})

const goals = { explicit: 0.9, all: 0.85, least: 0.5, ratio: 2, alone: 0.95 }

const fail = (met: boolean): string => {
  if (!met) process.exitCode = 1
  return met ? 'met' : 'MISSED'
}

const three = (value: number): string => value.toFixed(3)
const line = (what: string, { precision, recall: found, f1 }: Rates): string => `${what.padEnd(58)} P ${three(precision)}  R ${three(found)}  F1 ${three(f1)}`
const counts = ({ hits, false: wrong, missed }: Score): string => `${hits} right, ${wrong} wrong, ${missed} missed`

const showTarget = (verdict: Verdict): void => {
  console.log(`${line(verdict.id, rates(verdict.all))}   ${counts(verdict.all)}`)
  console.log(`${line('  explicit alone', rates(verdict.explicit))}   ${counts(verdict.explicit)}`)
  if (!flags.details) return
  for (const { access, entry, file } of verdict.misses) console.log(`    missed  ${access.padEnd(6)} ${entry}   ${file}`)
  for (const { access, via, confidence, entry, path } of verdict.wrong) {
    console.log(`    wrong   ${access.padEnd(6)} ${entry}   ${via}, ${confidence}`)
    for (const step of path) console.log(`              ${step.file}:${step.line}  ${step.what}`)
  }
}

const withoutTests = ({ files }: Project): readonly string[] => files.filter((file) => !/\.(?:test|spec)\.|(?:^|\/)(?:__tests__|tests?|e2e)\//.test(file))

/** Every table that the code declares, by a look at the text: its entries are those that the baselines may find. */
const tablesOf = (project: Project): readonly string[] => [
  ...new Set(
    withoutTests(project).flatMap((file) =>
      [...project.text(file).matchAll(/(?:pgTable|\.table)\(\s*["'`]([^"'`]+)["'`]/g)].map(([, name]) => `table:${name}`),
    ),
  ),
]

const everyEntry = (project: Project, reported: readonly Reported[], truth: readonly Target[]): readonly Place[] => {
  const labelled = truth.flatMap(({ reads, writes }) => [...reads, ...writes]).map(({ entry, file }) => ({ entry, file }))
  const known: Place[] = []
  for (const place of [...reported, ...labelled]) if (project.files.includes(place.file) && !known.some((other) => isSameEntry(other, place))) known.push(place)
  return known
}

/** Entries of all tables; where one table stops the command, those of the targets have to do. */
const entriesOfTables = (root: string, project: Project): readonly Reported[] => {
  try {
    return ask(root, tablesOf(project)).targets.flatMap(({ entries }) => entries)
  } catch (error) {
    console.log(`(the entries of all tables could not be had: ${error instanceof Error ? error.message.slice(-300).trim() : error})`)
    return []
  }
}

type Scored = { readonly verdicts: readonly Verdict[]; readonly baselines: ReadonlyMap<string, readonly Score[]> }

const scoreBaselines = (root: string, truth: readonly Target[], reported: readonly Reported[]): Scored['baselines'] => {
  const project = readProject(root)
  const handlers = everyEntry(project, [...entriesOfTables(root, project), ...reported], truth).map((place) => handlerOf(project, place))
  console.log(`${root}: the baselines look for ${handlers.length} entries in ${project.files.length} files`)
  return new Map(
    baselines(project, handlers)
      .filter(({ name }) => !flags['no-references'] || !name.startsWith('findReferences'))
      .map(({ name, find }) => [name, truth.map((target) => judgeEntries(target, find(target)).all)]),
  )
}

type Report = { readonly data: { readonly targets: readonly { readonly entries: readonly Reported[] }[] } }

const score = (checkout: string, labels: string): Scored => {
  const truth = JSON.parse(readFileSync(labels, 'utf8')) as readonly Target[]
  const root = resolve(checkout)
  const { targets } = flags.report ? (JSON.parse(readFileSync(flags.report, 'utf8')) as Report).data : ask(root, truth.map(targetText))
  const verdicts = truth.map((target, index) => judge(target, targets[index]?.entries ?? []))
  for (const verdict of verdicts) showTarget(verdict)
  const reported = targets.flatMap(({ entries }) => entries)
  return { verdicts, baselines: flags['no-baselines'] ? new Map() : scoreBaselines(root, truth, reported) }
}

const showRates = (verdicts: readonly Verdict[]): number => {
  const [all, explicit] = [verdicts.map((verdict) => verdict.all), verdicts.map((verdict) => verdict.explicit)]
  const [micros, named] = [rates(micro(all)), rates(micro(explicit))]
  const least = verdicts.toSorted((a, b) => recall(a.all) - recall(b.all))[0]
  console.log(`\n${verdicts.length} targets, ${counts(micro(all))}`)
  console.log(`${line('explicit alone, micro', named)}   goal ${goals.explicit} ${fail(Math.min(named.precision, named.recall) >= goals.explicit)}`)
  console.log(line('explicit alone, macro', macro(explicit)))
  console.log(`${line('all, micro', micros)}   goal ${goals.all} ${fail(Math.min(micros.precision, micros.recall) >= goals.all)}`)
  console.log(line('all, macro', macro(all)))
  if (least) console.log(`least recall ${three(recall(least.all))} (${least.id})   goal ${goals.least} ${fail(recall(least.all) >= goals.least)}`)
  return micros.f1
}

const showBaselines = (ours: number, scored: readonly Scored[]): void => {
  const names = [...(scored[0]?.baselines.keys() ?? [])]
  if (names.length === 0) return
  console.log('')
  const found = names.map((name) => {
    const all = micro(scored.flatMap(({ baselines: scores }) => scores.get(name) ?? []))
    console.log(`${line(name, rates(all))}   ${counts(all)}`)
    return rates(all).f1
  })
  const ratio = ours / Math.max(...found)
  console.log(`F1 ${three(ours)} is ${ratio.toFixed(2)} × the best baseline   goal ${goals.ratio} ${fail(ratio >= goals.ratio)}`)
}

/** Checkouts and their labels in turn. */
const pairs = (list: readonly string[]): readonly (readonly [string, string])[] =>
  list.flatMap((checkout, index) => (index % 2 === 0 ? [[checkout, list[index + 1] ?? ''] as const] : []))

const scoreAll = (list: readonly string[]): void => {
  const scored = pairs(list).map(([checkout, labels]) => score(checkout, labels))
  showBaselines(showRates(scored.flatMap(({ verdicts }) => verdicts)), scored)
}

/** A file that names a table, in the middle of the list: neither the schema nor a test. */
const someFile = (project: Project): string => {
  const plain = project.files.filter((file) => file.endsWith('.ts') && !/test|schema/.test(file) && /drizzle-orm/.test(project.text(file)))
  return plain[Math.floor(plain.length / 2)] ?? project.files[0] ?? ''
}

const someTest = ({ files }: Project): string | undefined => files.find((file) => /\.(?:test|spec)\.ts$/.test(file))

const speed = (repository: string): void => {
  const root = resolve(repository)
  const project = readProject(root)
  const limits = { cold: Number(flags.cold), memory: Number(flags.memory), edited: Number(flags.edited), query: Number(flags.query) }
  measureSpeed(root, tablesOf(project).slice(0, 11), { code: flags.edit ?? someFile(project), test: someTest(project) }, limits, Number(process.env.RUNS ?? 3))
}

const lost = async (repository: string): Promise<void> => {
  const { files, entries, right, missed, more } = await measureLost(resolve(repository), Number(flags.files))
  const [recalled, precise] = [right / (right + missed), right / (right + more)]
  console.log(
    `${entries} entries of ${files} files, each followed alone: of ${right + missed} uses ${right} are found where everything is followed at once, and ${more} more`,
  )
  console.log(`found ${three(recalled)}, right ${three(precise)}   goal ${goals.alone} ${fail(entries > 0 && Math.min(recalled, precise) >= goals.alone)}`)
}

if (flags.speed !== undefined) speed(flags.speed)
else if (flags.alone !== undefined) await lost(flags.alone)
else if (positionals.length > 0 && positionals.length % 2 === 0) scoreAll(positionals)
else {
  console.error(
    'usage: bench:impact CHECKOUT TRUTH.json … [--details] [--no-references] [--no-baselines] [--report FILE] | --alone REPOSITORY | --speed REPOSITORY',
  )
  process.exitCode = 2
}
