/** A platform beside a history: which of its objects the history uses. */
import type { Statement } from '../../model/statement.ts'
import { readStatements } from '../script.ts'
import type { Platform } from './define.ts'
import type { Events } from './events.ts'
import { type Mention, mentionsIn, schemaMention, schemaOf } from './mentions.ts'

/** One object of a platform: the statements that make it (a function may have several forms), and what they name. */
export type Piece = { readonly name: Mention; readonly statements: readonly Statement[]; readonly needs: readonly Mention[] }
type Pieces = ReadonlyMap<Mention, Piece>

const piecesOf = ({ sql }: Platform): Pieces => {
  const pieces = new Map<Mention, Piece>()
  for (const statement of readStatements(sql)) {
    const { made, named } = mentionsIn(statement)
    const name = made[0]?.name
    if (name === undefined) throw new Error(`no object is made by ${statement.text}`)
    const known = pieces.get(name)
    pieces.set(name, { name, statements: [...(known?.statements ?? []), statement], needs: [...(known?.needs ?? []), schemaMention(schemaOf(name)), ...named] })
  }
  return pieces
}

const read = new Map<Platform, Pieces>()
const piecesIn = (platform: Platform): Pieces => {
  const known = read.get(platform) ?? piecesOf(platform)
  read.set(platform, known)
  return known
}

/** Whose a schema is: the platform's (the history never makes it, or uses it before), perhaps the platform's (IF NOT EXISTS), or the history's own. */
export type Owner = 'platform' | 'either' | 'own'

const ownerOf = ({ first, made }: Events, pieces: Pieces, schema: string): Owner => {
  const creation = made.get(schemaMention(schema))
  if (!creation) return 'platform'
  const usedBefore = [...first].some(([name, { at, how }]) => how === 'named' && at < creation.at && pieces.has(name) && name.startsWith(`${schema}.`))
  return usedBefore ? 'platform' : creation.how === 'maybe' ? 'either' : 'own'
}

/** One platform beside the history. */
export class Fitting {
  readonly platform: Platform
  readonly pieces: Pieces
  readonly #events: Events
  readonly #owners = new Map<string, Owner>()

  constructor(platform: Platform, events: Events) {
    this.platform = platform
    this.pieces = piecesIn(platform)
    this.#events = events
  }

  owner(schema: string): Owner {
    const known = this.#owners.get(schema) ?? ownerOf(this.#events, this.pieces, schema)
    this.#owners.set(schema, known)
    return known
  }

  /** True when the platform has made the object by the time the history first speaks of it. In a schema that is the platform's alone, IF NOT EXISTS makes nothing. */
  has(name: Mention): boolean {
    if (!this.pieces.has(name)) return false
    const how = this.#events.first.get(name)?.how ?? 'named'
    const owner = name.startsWith('publication ') ? 'platform' : this.owner(schemaOf(name))
    return owner === 'platform' ? how !== 'made' : owner === 'either' && how === 'named'
  }

  /** Objects that the history names, schemas aside. */
  named(): readonly Mention[] {
    return [...this.#events.first.keys()].filter((name) => !name.startsWith('schema ') && this.has(name))
  }

  /** Schemas of the platform that the history speaks of in any way and does not make. */
  schemas(): readonly string[] {
    const spoken = new Set([...this.#events.first.keys()].map(schemaOf))
    return [...spoken].filter((schema) => this.pieces.has(schemaMention(schema)) && this.owner(schema) === 'platform')
  }

  /** The objects and all that they stand on, in the platform's own order. */
  closure(names: readonly Mention[]): readonly Piece[] {
    const wanted = new Set<Mention>()
    const visit = (name: Mention): void => {
      const piece = this.pieces.get(name)
      if (!piece || wanted.has(name)) return
      wanted.add(name)
      for (const need of piece.needs) visit(need)
    }
    for (const name of names) visit(name)
    return [...this.pieces.values()].filter(({ name }) => wanted.has(name))
  }

  /** False where an object stands on something that the history makes in its own way. */
  stands(name: Mention): boolean {
    return this.closure([name]).every((piece) => (piece.name.startsWith('schema ') ? this.owner(schemaOf(piece.name)) !== 'own' : this.has(piece.name)))
  }
}
