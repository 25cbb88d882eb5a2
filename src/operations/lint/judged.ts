/** A judgement as plain data: it can be kept, and answered again. */
import type { Finding } from '../../model/finding.ts'
import type { Json } from '../../model/json.ts'
import type { Block } from '../../model/report.ts'

export type Judgement = {
  readonly title: string
  readonly analysed: { readonly migrations: number; readonly statements: number; readonly opaque: number }
  readonly findings: readonly Finding[]
  readonly batches: readonly Json[]
  readonly waivers: readonly Json[]
  readonly blocks: readonly Block[]
  /** How many statements each chunk of each migration holds. */
  readonly counts: readonly (readonly number[])[]
}
