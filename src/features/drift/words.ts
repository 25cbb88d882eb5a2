/** A drift item in words. */
import type { PrintedObject } from '../../model/printed.ts'
import { definitionLines, definitionText } from './definition.ts'
import type { DriftItem } from './items.ts'
import { displayObject, targetOf } from './names.ts'

/** What the kinds are called in a sentence; the others by their own name. */
const nouns: Readonly<Record<string, string>> = {
  'not-null': 'NOT NULL of',
  privileges: 'privileges on',
  owner: 'owner of',
  comment: 'comment on',
  enforcement: 'enforcement on',
  'extension dependency': 'dependency of',
  'domain not-null': 'NOT NULL of domain',
  storage: 'storage of',
  'statistics target': 'statistics target of',
  'security label': 'security label of',
  'column order': 'order of the columns of',
  'extension version': 'version of the extension',
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** The relation of a member, where its own name does not say it. */
const noun = ({ kind, identity, value }: Pick<PrintedObject, 'kind' | 'identity' | 'value'>): string => {
  if (kind === 'view' && value.materialized) return 'materialized view'
  if (kind === 'routine' || kind === 'type') return typeof value.kind === 'string' ? value.kind : kind
  const target = targetOf({ kind, identity })
  const word = nouns[kind] ?? kind
  return target.kind === kind || kind === 'default privileges' ? word : `${word} ${target.kind}`
}

/** `index orders_customer_idx` */
export const objectText = ({ difference: { kind, identity, from, to } }: DriftItem): string =>
  `${noun({ kind, identity, value: from ?? to ?? {} })} ${displayObject({ kind, identity })}`

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : word.endsWith('x') ? 'es' : word.endsWith('y') ? '' : 's'}`

const counted = ['table', 'view', 'column', 'constraint', 'index', 'trigger', 'policy', 'routine', 'type', 'sequence'] as const
const plurals: Readonly<Record<string, string>> = { policy: 'policies', index: 'indexes' }

/** `, with 5 columns and 2 indexes` */
const withParts = ({ difference, parts }: DriftItem): string => {
  if (!['table', 'schema', 'view', 'type'].includes(difference.kind)) return ''
  const counts = counted.flatMap((kind) => {
    const count = parts.filter((part) => part.kind === kind && !(kind === 'index' && typeof (part.from ?? part.to)?.constraint === 'string')).length
    return count === 0 ? [] : [count === 1 ? plural(count, kind) : `${count} ${plurals[kind] ?? `${kind}s`}`]
  })
  return counts.length === 0 ? '' : `, with ${counts.slice(0, -1).join(', ')}${counts.length > 1 ? ' and ' : ''}${counts.at(-1)}`
}

/** Longer texts are shown as a diff, not in a sentence. */
const longest = 100

const inline = (object: Pick<PrintedObject, 'kind' | 'identity' | 'value'>): string | undefined => {
  const lines = definitionLines(object)
  const text = lines.join('; ')
  return text === '' || text.length > longest ? undefined : text
}

/** `is in folder and not in production` … as the second side is seen from the first. */
export const messageOf = (item: DriftItem, a: string, b: string): string => {
  const { kind, difference } = item
  const { kind: type, identity, from, to } = difference
  const name = upper(objectText(item))
  if (kind !== 'changed') {
    const [there, absent] = kind === 'missing' ? [a, b] : [b, a]
    const shown = inline({ kind: type, identity, value: from ?? to ?? {} })
    const what = shown !== undefined && !['table', 'schema', 'view'].includes(type) ? ` (${shown})` : ''
    return `${name} is only in ${there}${withParts(item)}${what}: ${absent} has none.`
  }
  const [mine, theirs] = [inline({ kind: type, identity, value: from ?? {} }), inline({ kind: type, identity, value: to ?? {} })]
  if (mine === undefined || theirs === undefined || mine === theirs) return `${name} is not the same in ${a} and ${b}.`
  return `${name}: in ${a} ${mine}; in ${b} ${theirs}.`
}

/** Both definitions, where they say more than the message. */
export const diffOf = ({ kind, difference: { kind: type, identity, from, to } }: DriftItem): { readonly from: string; readonly to: string } | undefined => {
  if (kind !== 'changed' || !from || !to) return undefined
  const [mine, theirs] = [definitionText({ kind: type, identity, value: from }), definitionText({ kind: type, identity, value: to })]
  const fits = inline({ kind: type, identity, value: from }) !== undefined && inline({ kind: type, identity, value: to }) !== undefined
  return fits || mine === theirs ? undefined : { from: `${mine}\n`, to: `${theirs}\n` }
}
