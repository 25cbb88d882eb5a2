/** Printed facets as statements: owners, privileges, comments. */
import { partsOf, quoteIdentifier } from '../../model/name.ts'
import { quoteLiteral } from '../print.ts'
import { at, isSet, lastPart, listOf, ownerIdentity, type Phase, pairsOf, type Road, type Surroundings, textOf } from './parts.ts'
import { splitTarget } from './tables.ts'

const words: Readonly<Record<string, string>> = { attribute: 'COLUMN', 'not-null': 'CONSTRAINT' }

/** The printed kind that a target begins with: `text search parser "s"."p"` and `cast integer AS text` alike. */
const targetOf = (identity: string): { readonly kind: string; readonly name: string } => {
  const quoted = splitTarget(identity)
  const unquoted = /^(cast|transform|user mapping) (.*)$/s.exec(identity)
  return unquoted ? { kind: unquoted[1] ?? '', name: unquoted[2] ?? '' } : quoted
}

/** An object as COMMENT ON and ALTER name it. */
const named = (identity: string, around: Surroundings): string => {
  const { kind, name } = targetOf(identity)
  switch (kind) {
    case 'table':
      return `${textOf(around.get('table', name)?.value ?? {}, 'kind') === 'foreign' ? 'FOREIGN ' : ''}TABLE ${name}`
    case 'view':
      return `${isSet(around.get('view', name)?.value ?? {}, 'materialized') ? 'MATERIALIZED ' : ''}VIEW ${name}`
    case 'type':
      return `${textOf(around.get('type', name)?.value ?? {}, 'kind') === 'domain' ? 'DOMAIN' : 'TYPE'} ${name}`
    case 'routine':
      return `${routineWord(name, around)} ${routineSignature(name, around)}`
    case 'constraint':
    case 'trigger':
    case 'policy':
    case 'rule':
      return `${kind.toUpperCase()} ${lastPart(name)} ON ${ownerIdentity(name)}`
    case 'not-null':
      return `CONSTRAINT ${quoteIdentifier(textOf(around.get('not-null', name)?.value ?? {}, 'name') ?? '')} ON ${ownerIdentity(name)}`
    case 'domain not-null':
      return `CONSTRAINT ${quoteIdentifier(textOf(around.get('domain not-null', name)?.value ?? {}, 'name') ?? '')} ON DOMAIN ${name}`
    case 'domain constraint':
      return `CONSTRAINT ${lastPart(name)} ON DOMAIN ${ownerIdentity(name)}`
    case 'cast':
      return `CAST (${name})`
    case 'transform':
      return `TRANSFORM FOR ${name}`
    default:
      return `${words[kind] ?? kind.toUpperCase()} ${name}`
  }
}

const routineWord = (identity: string, around: Surroundings): string => {
  const kind = textOf(around.get('routine', identity)?.value ?? {}, 'kind')
  return kind === 'procedure' || kind === 'aggregate' ? kind.toUpperCase() : 'FUNCTION'
}

/** An aggregate without arguments is named with a star; an ordered-set one as it was defined. */
const routineSignature = (identity: string, around: Surroundings): string => {
  const value = around.get('routine', identity)?.value ?? {}
  if (textOf(value, 'kind') !== 'aggregate') return identity
  if (textOf(value, 'kindOfAggregate') !== undefined) return `${identity.slice(0, identity.indexOf('"(') + 1)}(${textOf(value, 'arguments') ?? ''})`
  return identity.endsWith('"()') ? `${identity.slice(0, -2)}(*)` : identity
}

export const comment: Road = ({ identity, value }, around) =>
  at('comment', `COMMENT ON ${named(identity, around)} IS ${quoteLiteral(textOf(value, 'text') ?? '')}`)

/** `index "s"."i" ON "hstore"` */
export const extensionDependency: Road = ({ identity }, around) => {
  const found = identity.lastIndexOf(' ON "')
  return at('comment', `ALTER ${named(identity.slice(0, found), around)} DEPENDS ON EXTENSION ${identity.slice(found + ' ON '.length)}`)
}

/** Of the migrating role's own nothing is said; an owned sequence goes with its table. */
export const owner: Road = ({ identity, value }, around) => {
  const name = textOf(value, 'owner') ?? ''
  if (name === around.migratingRole) return []
  const target = targetOf(identity)
  const sequence = target.kind === 'sequence' ? around.get('sequence', target.name) : undefined
  if (sequence && pairsOf(sequence.value, 'ownedBy').length > 0) return []
  return at('owner', `ALTER ${named(identity, around)} OWNER TO ${name}`)
}

/** `SELECT, INSERT*` as GRANTs: `*` is WITH GRANT OPTION. */
const grants = (privileges: string, print: (privileges: string) => string): readonly string[] => {
  const each = privileges.split(', ')
  const plain = each.filter((privilege) => !privilege.endsWith('*'))
  const options = each.filter((privilege) => privilege.endsWith('*')).map((privilege) => privilege.slice(0, -1))
  return [...(plain.length > 0 ? [print(plain.join(', '))] : []), ...(options.length > 0 ? [`${print(options.join(', '))} WITH GRANT OPTION`] : [])]
}

type Side = { readonly head: string; readonly on: string; readonly columns: string; readonly owner: string }

/** A printed list replaces what the grantee had by default. */
const lists = (value: Parameters<Road>[0]['value'], around: Surroundings, { head, on, columns, owner: whose }: Side): readonly string[] => {
  const role = (name: string): string => (name === '(owner)' ? whose : around.role(name))
  const withColumns = (privileges: string): string =>
    columns === ''
      ? privileges
      : privileges
          .split(', ')
          .map((privilege) => `${privilege}${columns}`)
          .join(', ')
  const revoke = (grantee: string): string => `${head}REVOKE ALL${columns} ON ${on} FROM ${role(grantee)}`
  return [
    ...listOf(value, 'revoked').map((grantee) => revoke(String(grantee))),
    ...pairsOf(value, 'granted').flatMap(([grantee, privileges]) => [
      revoke(grantee),
      ...grants(privileges, (some) => `${head}GRANT ${withColumns(some)} ON ${on} TO ${role(grantee)}`),
    ]),
  ]
}

const grantWords: Readonly<Record<string, string>> = { table: 'TABLE', view: 'TABLE', server: 'FOREIGN SERVER', routine: 'ROUTINE' }

export const privileges: Road = ({ identity, value }, around) => {
  const { kind, name } = targetOf(identity)
  const isColumn = kind === 'column'
  const whose = textOf(around.get('owner', identity)?.value ?? {}, 'owner')
  const side = {
    head: '',
    on: isColumn ? `TABLE ${ownerIdentity(name)}` : `${grantWords[kind] ?? kind.toUpperCase()} ${name}`,
    columns: isColumn ? ` (${lastPart(name)})` : '',
    owner: whose === undefined ? 'CURRENT_USER' : around.role(whose),
  }
  return at(isColumn ? 'column privilege' : ('privilege' satisfies Phase), ...lists(value, around, side))
}

/** `"role"."schema"."tables"`, or without a schema for the whole database. */
export const defaultPrivileges: Road = ({ identity, value }, around) => {
  const parts = partsOf(identity)
  const own = partsOf(identity).map(quoteIdentifier)[0] ?? ''
  const isMigrating = own === around.migratingRole || parts[0] === around.migratingRole
  const inSchema = parts.length > 2 ? ` IN SCHEMA ${quoteIdentifier(parts[1] ?? '')}` : ''
  const head = `ALTER DEFAULT PRIVILEGES${isMigrating ? '' : ` FOR ROLE ${own}`}${inSchema} `
  return at(
    'default privilege',
    ...lists(value, around, { head, on: (parts.at(-1) ?? '').toUpperCase(), columns: '', owner: isMigrating ? 'CURRENT_USER' : own }),
  )
}
