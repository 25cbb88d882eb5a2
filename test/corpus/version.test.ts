import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { corpus } from '../support/corpus.ts'
import { corpusClasses, type Sample, sampleKey } from '../support/versions.ts'
import { countsOf, sampleArguments, samplesOf, samplesPage } from '../support/versions-page.ts'

let all: readonly Sample[]
beforeAll(async () => {
  all = await corpusClasses(corpus)
})

describe('versions over real histories', () => {
  it('all 1,376 corpus migrations are classified', () => {
    expect(all).toHaveLength(1376)
    const { major, minor, patch, none, unknown } = countsOf(all)
    expect(major + minor + patch + unknown).toBe(1376)
    expect(none).toBe(0)
    for (const { classified } of all) for (const { what, why } of classified.statements) expect(what !== '' && why !== '').toBe(true)
  })

  it('no UNKNOWN outside opaque statements', () => {
    const silent = all.filter(({ classified, opaque }) => classified.statements.some(({ bump }) => bump === 'unknown') && !opaque)
    expect(silent.map(sampleKey)).toEqual([])
    // And the other way round: what memory cannot follow is never called anything else.
    expect(all.filter(({ opaque, classified }) => opaque && classified.bump !== 'unknown').map(sampleKey)).toEqual([])
  })

  it('100 drawn at random are right by an argument written beside each', () => {
    const samples = samplesOf(all)
    const texts = sampleArguments()
    expect(samples).toHaveLength(100)
    expect(Object.keys(texts).toSorted()).toEqual(samples.map(sampleKey).toSorted())
    expect(Object.fromEntries(samples.map((sample) => [sampleKey(sample), sample.classified.bump]))).toEqual(
      Object.fromEntries(Object.entries(texts).map(([key, { class: bump }]) => [key, bump])),
    )
    expect(Object.entries(texts).filter(([, { argument }]) => argument.trim().length < 10)).toEqual([])
  })

  it('docs/version-samples.md says so', () => expect(readFileSync('docs/version-samples.md', 'utf8')).toBe(samplesPage(all)))
})
