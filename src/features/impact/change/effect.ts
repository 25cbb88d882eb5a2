/** What a change of the schema means to code: what fails once it has run, and what fails until it has run. */
import type { Catalog } from '../../../model/catalog.ts'
import type { Change, ChangeKind } from '../../../model/change.ts'
import type { CodeFacts } from '../../../model/code.ts'
import type { ObjectKey } from '../../../model/name.ts'
import type { Wanted } from '../wanted.ts'

/** `fails`: the query is refused. `may fail`: it depends on the values. `other rows`: it runs, and its answer is another one. `slower`: nothing but time. */
export type Breakage = 'fails' | 'may fail' | 'other rows' | 'slower'

/**
 * `database first`: running code does not notice, new code needs it. `code first`: a release that can do without must be everywhere before it. `expand and contract`: no order of two steps works.
 * `any order`: nothing of the code depends on it.
 */
export type Order = 'database first' | 'code first' | 'expand and contract' | 'any order'

/** One step of a deployment. */
export type DeploymentStep = { readonly kind: 'migration' | 'release' | 'data'; readonly what: string; readonly sql?: readonly string[] }

export type Effect = {
  /** What the change does, in words: `drops chat.title`. */
  readonly what: string
  /** How it breaks the code that stands under `breaks`. */
  readonly breakage: Breakage
  /** Code that worked before. */
  readonly breaks: readonly Wanted[]
  /** Code that works only after it. */
  readonly needs: readonly Wanted[]
  readonly order: Order
  readonly why: string
  readonly steps: readonly DeploymentStep[]
  /** What to do in the files, in the imperative. */
  readonly advice: string
  /** What it is done to, for what depends on it in the database. */
  readonly objects: readonly ObjectKey[]
  /** What code that is not here may still do: an earlier release that knew an object which this code no longer declares. */
  readonly unseen?: string
}

/** Whether code that worked is refused after it, at least with some values. */
export const isBreaking = ({ breakage }: Pick<Effect, 'breakage'>): boolean => breakage === 'fails' || breakage === 'may fail'

/** When a change happens: the code, the catalog just before it, and those of the whole migration. */
export type Moment = { readonly facts: CodeFacts; readonly before: Catalog; readonly start: Catalog; readonly end: Catalog }

export type Reader<K extends ChangeKind> = (change: Change<K>, moment: Moment) => readonly Effect[]
