/** When a history first makes or names each object. */
import type { Script, Statement } from '../../model/statement.ts'
import { platforms } from './index.ts'
import { type Mention, mentionsIn, publicationMention, schemaOf } from './mentions.ts'

/** A statement of the history: `at` counts all of them. */
export type Place = { readonly at: number; readonly migration: number; readonly statement: Statement }
export type Event = Place & { readonly how: 'named' | 'made' | 'maybe' }

/** Schemas and publications of all platforms. */
const homes = platforms.flatMap(({ sql }) => [...sql.matchAll(/^CREATE (SCHEMA|PUBLICATION) (\w+)/gm)].map(([, kind = '', name = '']) => ({ kind, name })))

/** Words without which a text names nothing of a platform: spares reading. */
const words = new RegExp(`\\b(?:${homes.map(({ name }) => name).join('|')})\\b`, 'i')

/** The first time that each object is made or named. A statement that makes an object does not use it. */
export type Events = { readonly first: ReadonlyMap<Mention, Event>; readonly made: ReadonlyMap<Mention, Event> }

/** Reads all statements that may speak of a platform's objects. */
export const eventsIn = (scripts: readonly Pick<Script, 'statements'>[]): Events => {
  const first = new Map<Mention, Event>()
  const made = new Map<Mention, Event>()
  let at = 0
  scripts.forEach(({ statements }, migration) => {
    for (const statement of statements) {
      at++
      if (statement.node !== 'CreateExtensionStmt' && !words.test(statement.text)) continue
      const mentions = mentionsIn(statement)
      const note = (map: Map<Mention, Event>, name: Mention, how: Event['how']): void => {
        if (!map.has(name)) map.set(name, { at, migration, statement, how })
      }
      for (const { name, maybe } of mentions.made) {
        note(first, name, maybe ? 'maybe' : 'made')
        note(made, name, maybe ? 'maybe' : 'made')
      }
      for (const name of mentions.named) note(first, name, 'named')
    }
  })
  return { first, made }
}

const schemas = new Set(homes.filter(({ kind }) => kind === 'SCHEMA').map(({ name }) => name))
const publications = new Set(homes.filter(({ kind }) => kind === 'PUBLICATION').map(({ name }) => publicationMention(name)))

/** False where nothing of any platform is named: a column `auth.id` is none of its objects. */
export const speakOfPlatforms = ({ first }: Events): boolean => [...first.keys()].some((name) => schemas.has(schemaOf(name)) || publications.has(name))
