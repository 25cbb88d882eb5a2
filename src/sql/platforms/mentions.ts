/** Objects of schemas that SQL makes, and those that it only names. */
import type { Tree } from '../../model/json.ts'
import type { Statement } from '../../model/statement.ts'
import { child, flag, isTree, list, strings, stringValue, text, walk } from '../tree.ts'

/** `auth.users`, `schema auth`, `publication supabase_realtime`, `extension vector`: relations, routines and types share one space of names. */
export type Mention = string

export type Made = {
  readonly name: Mention
  /** IF NOT EXISTS, OR REPLACE, or inside of a DO block: it may be there already. */
  readonly maybe: boolean
}

export type Mentions = { readonly made: readonly Made[]; readonly named: readonly Mention[] }

export const schemaMention = (schema: string): Mention => `schema ${schema}`

/** The schema of an object, or the schema itself; empty for what stands in none. */
export const schemaOf = (name: Mention): string => (name.includes(' ') ? (/^schema (.*)$/.exec(name)?.[1] ?? '') : name.slice(0, name.indexOf('.')))

export const publicationMention = (name: string): Mention => `publication ${name}`
const extensionMention = (name: string, schema: string | undefined): Mention => `extension ${name}${schema === undefined ? '' : ` in ${schema}`}`

const qualifiedMention = (names: readonly string[]): readonly Mention[] => (names.length > 1 ? [`${names[0]}.${names[1]}`] : [])

const ofRange = (range: Tree | undefined): readonly Mention[] => {
  const schema = text(range, 'schemaname')
  return schema === undefined ? [] : [`${schema}.${text(range, 'relname') ?? ''}`]
}

const optionOf = (tree: Tree, name: string): string | undefined =>
  stringValue(
    list(tree, 'options')
      .map((option) => child(option, 'DefElem'))
      .find((option) => text(option, 'defname') === name)?.arg,
  )

const extensionMade = (tree: Tree): Mention => extensionMention(text(tree, 'extname') ?? '', optionOf(tree, 'schema'))

const madeBy = ({ node, tree }: Pick<Statement, 'node' | 'tree'>): readonly Made[] => {
  const made = (names: readonly Mention[], maybe = flag(tree, 'if_not_exists') || flag(tree, 'replace')): readonly Made[] =>
    names.map((name) => ({ name, maybe }))
  switch (node) {
    case 'CreateSchemaStmt':
      return made([schemaMention(text(tree, 'schemaname') ?? text(child(tree, 'authrole'), 'rolename') ?? '')])
    case 'RenameStmt':
      return text(tree, 'renameType') === 'OBJECT_SCHEMA' ? made([schemaMention(text(tree, 'newname') ?? '')]) : []
    case 'CreatePublicationStmt':
      return made([publicationMention(text(tree, 'pubname') ?? '')])
    case 'CreateExtensionStmt':
      return made([extensionMade(tree)])
    case 'CreateStmt':
      return made(ofRange(child(tree, 'relation')))
    case 'CreateForeignTableStmt':
      return made(ofRange(child(child(tree, 'base'), 'relation') ?? child(tree, 'relation')))
    case 'CreateTableAsStmt':
      return made(ofRange(child(child(tree, 'into'), 'rel')))
    case 'ViewStmt':
      return made(ofRange(child(tree, 'view')))
    case 'CreateSeqStmt':
      return made(ofRange(child(tree, 'sequence')))
    case 'CompositeTypeStmt':
      return made(ofRange(child(tree, 'typevar')))
    case 'CreateFunctionStmt':
      return made(qualifiedMention(strings(list(tree, 'funcname'))))
    case 'CreateEnumStmt':
    case 'CreateRangeStmt':
      return made(qualifiedMention(strings(list(tree, 'typeName'))))
    case 'CreateDomainStmt':
      return made(qualifiedMention(strings(list(tree, 'domainname'))))
    default:
      return []
  }
}

const word = '(?:"((?:[^"]|"")+)"|([a-z_][a-z0-9_$]*))'
const pair = new RegExp(`(?<![.\\w"])${word}\\s*[.]\\s*${word}`, 'gi')
const creation = new RegExp(
  `\\bcreate\\s+(?:or\\s+replace\\s+)?(?:materialized\\s+)?(schema|table|view|function|procedure|type|sequence|publication)\\s+(?:if\\s+not\\s+exists\\s+)?${word}(?:\\s*[.]\\s*${word})?`,
  'gi',
)
const spokenOf = new RegExp(`\\b(schema|publication)\\s+(?:if\\s+(?:not\\s+)?exists\\s+)?${word}`, 'gi')

const identifier = (quoted: string | undefined, plain: string | undefined): string => quoted?.replaceAll('""', '"') ?? (plain ?? '').toLowerCase()

const withoutComments = (body: string): string => body.replaceAll(/--[^\n]*|\/[*][\s\S]*?[*]\//g, ' ')

/** Strings that are no name and hold none: `'auth.session.created'`, a label or a message of three words and more. */
const dottedLabel = /'[\w-]+(?:[.][\w-]+){2,}'/g

/** Names in a text that is no tree: a body, or a name in a string. What is in quotes is taken too, for EXECUTE runs it. */
const namedInText = (text: string): readonly Mention[] => {
  const body = text.replaceAll(dottedLabel, "''")
  return [
    ...[...body.matchAll(pair)].map((found) => `${identifier(found[1], found[2])}.${identifier(found[3], found[4])}`),
    ...[...body.matchAll(spokenOf)].map((found) => `${found[1]?.toLowerCase()} ${identifier(found[2], found[3])}`),
  ]
}

const madeInText = (body: string): readonly Made[] =>
  [...body.matchAll(creation)].flatMap((found): readonly Made[] => {
    const kind = found[1]?.toLowerCase()
    const first = identifier(found[2], found[3])
    if (kind === 'schema' || kind === 'publication') return [{ name: `${kind} ${first}`, maybe: true }]
    const second = identifier(found[4], found[5])
    return second === '' ? [] : [{ name: `${first}.${second}`, maybe: true }]
  })

/** The text of a DO block or of a function that is not written in SQL's own grammar. */
const bodyOf = ({ node, tree }: Pick<Statement, 'node' | 'tree'>): string => {
  if (node !== 'DoStmt' && node !== 'CreateFunctionStmt') return ''
  const options = list(tree, node === 'DoStmt' ? 'args' : 'options')
  const body = options.map((option) => child(option, 'DefElem')).find((option) => text(option, 'defname') === 'as')
  const parts = [stringValue(body?.arg), ...strings(list(child(child(body, 'arg'), 'List'), 'items'))]
  return withoutComments(parts.filter((part) => part !== undefined).join('\n'))
}

const aboutSchemas = new Set(['OBJECT_SCHEMA', 'OBJECT_PUBLICATION'])

/** Schemas and publications are named by one word: which words these are, the kind of statement says. */
const namedAlone = (tree: Tree): readonly Mention[] => {
  const about = [text(tree, 'objtype'), text(tree, 'objectType'), text(tree, 'removeType')].find((type) => type !== undefined && aboutSchemas.has(type))
  const say = about === 'OBJECT_PUBLICATION' ? publicationMention : schemaMention
  const all = text(tree, 'targtype') === 'ACL_TARGET_ALL_IN_SCHEMA'
  const alone = about === undefined && !all ? [] : [...strings(list(tree, 'objects')), stringValue(tree.object)]
  const published = text(tree, 'pubname')
  const moved = text(tree, 'newschema')
  return [
    ...alone.flatMap((name) => (name === undefined ? [] : [say(name)])),
    ...(published === undefined ? [] : [publicationMention(published)]),
    ...(moved === undefined ? [] : [schemaMention(moved)]),
  ]
}

const ofOption = (option: Tree | undefined): readonly Mention[] => {
  const name = text(option, 'defname')
  if (name !== 'schema' && name !== 'schemas') return []
  const schemas = [stringValue(option?.arg), ...strings(list(child(child(option, 'arg'), 'List'), 'items'))]
  return schemas.flatMap((schema) => (schema === undefined ? [] : [schemaMention(schema)]))
}

/** `'auth.users'::regclass`, `to_regclass('auth.users')` */
const inString = (node: Tree): readonly Mention[] => {
  const cast = child(node, 'TypeCast')
  const call = child(node, 'FuncCall')
  if (!cast && !call) return []
  const reads = cast ? strings(list(child(cast, 'typeName'), 'names')) : strings(list(call, 'funcname'))
  if (!/^(?:to_)?reg(?:class|proc|procedure|type|namespace)$/.test(reads.at(-1) ?? '')) return []
  const constants = [...(isTree(cast?.arg) ? [cast.arg] : []), ...list(call, 'args')]
  return constants.flatMap((constant) => namedInText(text(child(child(constant, 'A_Const'), 'sval'), 'sval') ?? ''))
}

/** Where the parser keeps a name with its schema. Names of columns are left out: what they belong to is named beside them. */
const places = ['names', 'funcname', 'objname', 'items', 'opclass', 'opclassname', 'collname', 'typeName', 'domainname', 'defnames'] as const

const namedInTree = (tree: Tree): readonly Mention[] => {
  const named: Mention[] = [...namedAlone(tree)]
  walk(tree, (node) => {
    named.push(...ofRange(node), ...ofOption(child(node, 'DefElem')), ...inString(node))
    for (const place of places) if (node[place] !== undefined) named.push(...qualifiedMention(strings(list(node, place))))
    return undefined
  })
  return named
}

const readMentions = (statement: Pick<Statement, 'node' | 'tree'>): Mentions => {
  if (statement.node === 'DropStmt' && flag(statement.tree, 'missing_ok')) return { made: [], named: [] }
  const body = bodyOf(statement)
  return {
    made: [...madeBy(statement), ...(statement.node === 'DoStmt' ? madeInText(body) : [])],
    named: [...namedInTree(statement.tree), ...namedInText(body)],
  }
}

const read = new WeakMap<object, Mentions>()

/**
 * What one statement makes and what it names, inside of bodies too. DROP … IF EXISTS needs nothing to be there. It is kept: the statements of landed migrations are asked with all
 * others, and once more alone.
 */
export const mentionsIn = (statement: Pick<Statement, 'node' | 'tree'>): Mentions => {
  const known = read.get(statement)
  if (known) return known
  const found = readMentions(statement)
  read.set(statement, found)
  return found
}
