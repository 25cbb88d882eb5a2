/** Answers for machines, as the contract of the command line has them. */
import { isDeclared } from '../../features/impact/answer.ts'
import type { Assessed } from '../../features/impact/assess.ts'
import type { Dependent } from '../../features/impact/database.ts'
import { graphOf } from '../../features/impact/graph.ts'
import type { Reach } from '../../features/impact/reach.ts'
import { risks } from '../../features/impact/risk.ts'
import type { TypeAnswer } from '../../features/impact/types.ts'
import type { CodeGap } from '../../model/code.ts'
import type { Json } from '../../model/json.ts'
import type { Footing } from './ground.ts'
import type { Judged } from './judge.ts'
import type { Typed } from './types.ts'

const reachData = ({ entry, access, via, confidence, path, use, byCompiler }: Reach): Json => ({
  entry: entry.name,
  kind: entry.kind,
  framework: entry.framework,
  file: entry.file,
  line: entry.line,
  access,
  via,
  confidence,
  path: path.map(({ file, line, what, confidence: sure }) => ({ file, line, what, confidence: sure })),
  ...(use.through === undefined ? {} : { through: use.through }),
  ...(byCompiler ? { byCompiler } : {}),
})

const dependentData = ({ kind, name, why, confidence }: Dependent): Json => ({ kind, name, why, confidence })
const gapData = ({ file, line, why }: CodeGap): Json => ({ file, line, why })

const typesData = ({ compiler, notes, found }: TypeAnswer): Json => ({
  engine: compiler?.engine ?? null,
  version: compiler?.version ?? null,
  found: found.map(({ file, line, code, message, how, onPath, entries }) => ({
    file,
    line,
    code,
    message,
    how,
    onPath,
    entries: entries.map(({ name }) => name),
  })),
  notes,
})

const answerData = (footing: Footing, answer: Typed): Json => ({
  target: answer.target.text,
  declared: isDeclared(footing.index, answer.target),
  entries: answer.entries.map(reachData),
  tests: answer.tests.map(reachData),
  files: answer.files.map(({ file, category, lines }) => ({ file, category, lines })),
  objects: answer.dependents.map(dependentData),
  unreached: answer.unreached.map(({ file, line, what }) => ({ file, line, what })),
  notAnalysed: answer.gaps.map(gapData),
  ...(answer.types ? { types: typesData(answer.types) } : {}),
})

const assessedData = ({ effect, breaks, needs, tests, dependents, recommendations, gaps, risk, riskWhy }: Assessed): Json => ({
  what: effect.what,
  breakage: effect.breakage,
  line: effect.statement?.start.line ?? null,
  order: effect.order,
  why: effect.why,
  risk,
  riskWhy,
  breaks: breaks.map(reachData),
  needs: needs.map(reachData),
  tests: tests.map(reachData),
  objects: dependents.map(dependentData),
  recommendations: recommendations.map(({ file, lines, what }) => ({ file, lines, what })),
  notAnalysed: gaps.map(gapData),
  unseen: effect.unseen ?? null,
})

const judgedData = ({ title, migration, file, assessment, notes }: Judged): Json => {
  const { risk, riskWhy, deployment, effort, effects } = assessment
  return {
    change: title,
    migration: migration ?? null,
    file: file ?? null,
    risk,
    riskWhy,
    deployment: { order: deployment.order, why: deployment.why, steps: deployment.steps.map(({ kind, what, sql = [] }) => ({ kind, what, sql })) },
    effort,
    effects: effects.map(assessedData),
    notes,
  }
}

const worst = (judged: readonly Judged[]): string => risks.findLast((risk) => judged.some(({ assessment }) => assessment.risk === risk)) ?? 'none'

/** Everything: targets, changes, the graph of all ways, and what was not analysed. */
export const dataOf = (footing: Footing, answers: readonly Typed[], judged: readonly Judged[]): Json => {
  const { facts } = footing.index
  const reaches = [
    ...answers.flatMap(({ entries }) => entries),
    ...judged.flatMap(({ assessment }) => assessment.effects.flatMap(({ breaks, needs }) => [...breaks, ...needs])),
  ]
  const { nodes, edges } = graphOf(facts, reaches)
  return {
    root: footing.root,
    targets: answers.map((answer) => answerData(footing, answer)),
    changes: judged.map(judgedData),
    ...(judged.length === 0
      ? {}
      : {
          risk: worst(judged),
          deploymentOrder: judged.map(({ title, assessment }) => ({ change: title, order: assessment.deployment.order })),
          recommendations: judged.flatMap(({ assessment }) =>
            assessment.effects.flatMap(({ recommendations }) => recommendations.map(({ file, lines, what }) => ({ file, lines, what }))),
          ),
        }),
    graph: { nodes: nodes.map((node) => ({ ...node })), edges: edges.map((edge) => ({ ...edge })) },
    code: { ...facts.counts, tables: facts.tables.length, entries: facts.entries.length },
    notAnalysed: [...facts.gaps.map(gapData), ...footing.notes.map((why) => ({ why }))],
  }
}
