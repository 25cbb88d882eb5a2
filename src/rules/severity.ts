/** How grave a policy finding is: the rule's word, the preset's and the configuration's, and what is known of the table's size and traffic. */
import type { Config } from '../model/config.ts'
import type { Severity } from '../model/finding.ts'
import { display, type RelationName } from '../model/name.ts'
import type { Usage } from '../model/profile.ts'
import type { PolicyHit, PolicyRule } from './define.ts'

type Policy = NonNullable<Config['policy']>

/** Below this many rows a scan, rewrite or index build is done before anyone notices; measured on 2 cores: 10,000 rows take 5 to 40 ms. */
const fewRows = 10_000
/** Up to this many it takes about a second. */
const manyRows = 1_000_000
const hugeRows = 10_000_000
/** Statements a second below which hardly anyone waits for a short lock, and above which many do. */
const idle = 0.1
const busy = 100

const order: readonly Severity[] = ['note', 'warning', 'error']
const atMost = (severity: Severity, most: Severity): Severity => (order.indexOf(severity) <= order.indexOf(most) ? severity : most)
const raised = (severity: Severity): Severity => order[Math.min(order.indexOf(severity) + 1, order.length - 1)] ?? severity

const trafficOf = ({ writes, reads }: Usage): number | undefined => (writes === undefined && reads === undefined ? undefined : (writes ?? 0) + (reads ?? 0))
const isBusy = (usage: Usage): boolean => usage.busy === true || (trafficOf(usage) ?? 0) >= busy

const byRows = (severity: Severity, usage: Usage): Severity => {
  if (isBusy(usage)) return severity === 'warning' ? raised(severity) : severity
  if (usage.rows === undefined) return severity
  if (usage.rows < fewRows) return atMost(severity, 'note')
  if (usage.rows < manyRows) return atMost(severity, 'warning')
  return usage.rows >= hugeRows ? raised(severity) : severity
}

const byTraffic = (severity: Severity, usage: Usage): Severity => {
  if (isBusy(usage)) return raised(severity)
  const traffic = trafficOf(usage)
  return traffic !== undefined && traffic < idle ? atMost(severity, 'note') : severity
}

/** The severity with what is known of the relation. Unknown size and traffic count as large. */
export const weighed = (severity: Severity, weighs: PolicyRule['weighs'], usage: Usage): Severity =>
  weighs === 'rows' ? byRows(severity, usage) : weighs === 'traffic' ? byTraffic(severity, usage) : severity

/** The configuration's own words on a relation; its name may be written with or without `public`, quoted or not. */
export const tableSettings = ({ tables = {} }: Policy, relation: RelationName): NonNullable<Policy['tables']>[string] | undefined => {
  const plain = display(relation)
  const found = Object.entries(tables).find(([name]) => name === plain || name === relation || name === `public.${plain}`)
  return found?.[1]
}

const isOn = (rule: PolicyRule, preset: Policy['preset'] = 'recommended'): boolean =>
  rule.preset === undefined || rule.preset === 'recommended' || rule.preset === preset

/**
 * The severity of a hit; undefined when the rule is off for it. What the configuration says of the table wins over what it says of the rule, and both over the
 * preset. In the preset `strict` a warning is an error.
 */
export const severityOf = (rule: PolicyRule, hit: PolicyHit, policy: Policy, usage: Usage): Severity | undefined => {
  const chosen = (hit.relation === undefined ? undefined : tableSettings(policy, hit.relation)?.rules?.[rule.id]) ?? policy.rules?.[rule.id]
  if (chosen === 'off') return undefined
  if (chosen !== undefined) return chosen
  if (!isOn(rule, policy.preset)) return undefined
  const severity = weighed(hit.severity ?? rule.severity, rule.weighs, usage)
  return policy.preset === 'strict' && severity === 'warning' ? 'error' : severity
}

let short: Intl.NumberFormat | undefined

/** `120M`, `2.3K`. Making the format takes 15 ms, so it waits until a number is shown. */
const shortened = (count: number): string => {
  short ??= new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
  return short.format(count)
}

/** `120M rows, 2.3K writes/s`; empty where nothing is known. */
export const usageText = ({ rows, writes, busy: named }: Usage): string =>
  [
    ...(rows === undefined ? [] : [`${shortened(rows)} rows`]),
    ...(writes === undefined ? [] : [`${shortened(writes)} writes/s`]),
    ...(rows === undefined && writes === undefined && named ? ['high traffic'] : []),
  ].join(', ')
