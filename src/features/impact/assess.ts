/** What the effects of a migration mean here: which entries break, how bad that is, what to do where. */
import type { Catalog } from '../../model/catalog.ts'
import type { CodeMention, CodePlace } from '../../model/code.ts'
import { isBreaking } from './change/effect.ts'
import type { MigrationEffects, PlacedEffect } from './change/effects.ts'
import { dependentsOf } from './database.ts'
import { type Deployment, deploymentOf } from './deployment.ts'
import { gapsNear, mentionsOf } from './near.ts'
import { isTest, type Reach, reachesTo } from './reach.ts'
import { type Met, type Risk, type Risked, riskOf, risks } from './risk.ts'
import type { CodeIndex } from './search.ts'
import { type FoundUse, usesOf } from './sources.ts'
import { isEmpty, type Wanted } from './wanted.ts'

/** What is to be done in a file, and in which lines. */
export type Recommendation = { readonly file: string; readonly lines: readonly number[]; readonly what: string }

export type Assessed = Met &
  Risked & {
    readonly effect: PlacedEffect
    readonly tests: readonly Reach[]
    readonly recommendations: readonly Recommendation[]
  }

/** How much there is to do. */
export type Effort = { readonly files: number; readonly entries: number }

export type Assessment = {
  readonly effects: readonly Assessed[]
  readonly opaque: MigrationEffects['opaque']
  readonly risk: Risk
  readonly riskWhy: string
  readonly deployment: Deployment
  readonly effort: Effort
}

const usesOfAll = (index: CodeIndex, wanted: readonly Wanted[]): readonly FoundUse[] =>
  wanted.filter((each) => !isEmpty(each)).flatMap((each) => usesOf(index, each))

/** A place that has to be looked at. */
type Place = CodePlace & { readonly says: string }

/** Where the code declares what breaks. */
const declarations = ({ facts }: CodeIndex, { columns }: Wanted): readonly Place[] =>
  [...columns].flatMap(([at, wanted]) => {
    const table = facts.tables[at]
    if (!table) return []
    if (wanted === 'all') return [{ file: table.file, line: table.line, says: `declares ${table.symbol}` }]
    return table.columns.filter(({ name }) => wanted.has(name)).map(({ key, line }) => ({ file: table.file, line, says: `declares ${table.symbol}.${key}` }))
  })

/** One line of what to do for each file: where it is declared, of places that break, and of those that name it beside. */
const recommendationsOf = (
  advice: string,
  declared: readonly Place[],
  uses: readonly FoundUse[],
  mentions: readonly CodeMention[],
): readonly Recommendation[] => {
  const places: readonly Place[] = [
    ...declared,
    ...uses.map(({ file, line, what }) => ({ file, line, says: what })),
    ...mentions.map(({ file, line, category }) => ({ file, line, says: `named (${category})` })),
  ]
  const files = [...new Set(places.map(({ file }) => file))]
  return files.map((file) => {
    const own = places.filter((place) => place.file === file)
    const lines = [...new Set(own.map(({ line }) => line))].sort((a, b) => a - b)
    return { file, lines, what: `${advice} (${[...new Set(own.map(({ says }) => says))].join('; ')})` }
  })
}

const assess = (index: CodeIndex, effect: PlacedEffect, before: Catalog): Assessed => {
  const uses = usesOfAll(index, effect.breaks)
  const reaches = reachesTo(index, uses)
  const mentions = effect.breaks.flatMap((wanted) => mentionsOf(index, wanted))
  const files = new Set(reaches.flatMap(({ path }) => path.map(({ file }) => file)))
  const met: Met = {
    effect,
    uses,
    mentions,
    breaks: reaches.filter((reach) => !isTest(reach)),
    needs: reachesTo(index, usesOfAll(index, effect.needs)).filter((reach) => !isTest(reach)),
    dependents: isBreaking(effect) ? dependentsOf(before, effect.objects) : [],
    gaps: [...new Set(effect.breaks.flatMap((wanted) => gapsNear(index, wanted, files)))],
  }
  const declared = effect.breakage === 'fails' ? effect.breaks.flatMap((wanted) => (wanted.roles === undefined ? declarations(index, wanted) : [])) : []
  return { ...met, effect, ...riskOf(met), tests: reaches.filter(isTest), recommendations: recommendationsOf(effect.advice, declared, uses, mentions) }
}

const effortOf = (assessed: readonly Assessed[]): Effort => ({
  files: new Set(assessed.flatMap(({ recommendations }) => recommendations.map(({ file }) => file))).size,
  entries: new Set(assessed.flatMap(({ breaks }) => breaks.map(({ entry }) => entry))).size,
})

/** What the effects of one migration mean to this code. `before`: the catalog that it starts from. */
export const assessmentOf = (index: CodeIndex, { effects, opaque }: MigrationEffects, before: Catalog): Assessment => {
  const assessed = effects.map((effect) => assess(index, effect, before))
  const [worst] = assessed.toSorted((a, b) => risks.indexOf(b.risk) - risks.indexOf(a.risk) || b.breaks.length - a.breaks.length)
  return {
    effects: assessed,
    opaque,
    risk: worst?.risk ?? 'none',
    riskWhy: worst ? `${worst.effect.what}: ${worst.riskWhy}` : 'it changes nothing that code can see',
    deployment: deploymentOf(effects),
    effort: effortOf(assessed),
  }
}
