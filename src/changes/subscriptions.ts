/**
 * Subscriptions as one CREATE SUBSCRIPTION each, whatever was altered since. Their connection is a secret: memory holds none, and writes one that leads nowhere, for a person to fill in; no statement
 * that is written here needs the publisher.
 */
import type { Definition, Options } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { quoteIdentifier } from '../model/name.ts'
import { identifiers, quoteLiteral } from '../sql/print.ts'
import { child, list, optionNode, stringNode, strings, text } from '../sql/tree.ts'
import { refuse } from './refusal.ts'
import { readOptions } from './types.ts'

/** No server has a name in `.invalid` (RFC 2606). */
export const unknownConnection = 'host=fill-in-the-publisher.invalid'

type Subscription = { readonly name: string; readonly publications: readonly string[]; readonly enabled: boolean; readonly options: Options }

/** What CREATE SUBSCRIPTION takes when nothing is said. */
const defaults: Options = {
  binary: 'false',
  disable_on_error: 'false',
  failover: 'false',
  origin: 'any',
  password_required: 'true',
  run_as_owner: 'false',
  synchronous_commit: 'off',
  two_phase: 'false',
}

/** What only making the subscription says: nothing of it stays. */
const passing = new Set(['connect', 'create_slot', 'copy_data', 'enabled', 'refresh'])

const booleans: Readonly<Record<string, string>> = { on: 'true', yes: 'true', '1': 'true', off: 'false', no: 'false', '0': 'false' }

const plain = (name: string, value: string): string =>
  defaults[name] === 'true' || defaults[name] === 'false' ? (booleans[value.toLowerCase()] ?? value) : value

const kept = (given: Options): Options =>
  Object.fromEntries(
    Object.entries(given)
      .filter(([name]) => !passing.has(name))
      .map(([name, value]) => [name, plain(name, value)] as const)
      .filter(([name, value]) => defaults[name] !== value)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  )

const isTrue = (value: string): boolean => (booleans[value.toLowerCase()] ?? value) === 'true'

const read = (tree: Tree): Subscription => {
  const given = readOptions(list(tree, 'options'))
  const name = text(tree, 'subname') ?? ''
  return {
    name,
    publications: [...new Set(strings(list(tree, 'publication')))].sort(),
    enabled: isTrue(given.enabled ?? given.connect ?? 'true'),
    options: kept({ slot_name: name, ...given }),
  }
}

const asDefinition = ({ name, publications, enabled, options }: Subscription): Definition => ({
  type: 'subscription',
  create: {
    CreateSubscriptionStmt: {
      subname: name,
      conninfo: unknownConnection,
      publication: publications.map(stringNode),
      options: [
        optionNode('connect', 'false'),
        optionNode('enabled', String(enabled)),
        ...Object.entries(options).map(([key, value]) => optionNode(key, value)),
      ],
    },
  },
  alters: [],
})

const held = ({ create }: Definition): Subscription => read(child(create, 'CreateSubscriptionStmt') ?? {})

/** A CREATE SUBSCRIPTION as it is held. */
export const readSubscription = (tree: Tree): Definition => asDefinition(read(tree))

const alteredPublications = (kind: string, before: readonly string[], named: readonly string[]): readonly string[] => {
  if (kind === 'ALTER_SUBSCRIPTION_SET_PUBLICATION') return named
  if (kind === 'ALTER_SUBSCRIPTION_ADD_PUBLICATION') return [...before, ...named]
  return before.filter((name) => !named.includes(name))
}

/** What an ALTER SUBSCRIPTION makes of it. Another connection, REFRESH and SKIP change nothing that is held. */
export const alteredSubscription = (definition: Definition, tree: Tree): Definition => {
  const before = held(definition)
  const kind = text(tree, 'kind') ?? ''
  const given = readOptions(list(tree, 'options'))
  if (kind === 'ALTER_SUBSCRIPTION_ENABLED') {
    const enabled = isTrue(given.enabled ?? 'true')
    if (enabled && before.options.slot_name === 'none') refuse('55000', 'cannot enable subscription that does not have a slot name')
    return asDefinition({ ...before, enabled })
  }
  if (kind === 'ALTER_SUBSCRIPTION_OPTIONS') return asDefinition({ ...before, options: kept({ ...before.options, ...given }) })
  if (!kind.endsWith('_PUBLICATION')) return definition
  return asDefinition({ ...before, publications: [...new Set(alteredPublications(kind, before.publications, strings(list(tree, 'publication'))))].sort() })
}

const printed = (options: Options): readonly string[] =>
  Object.entries(options).map(([name, value]) => `${name} = ${name === 'slot_name' && value === 'none' ? 'NONE' : quoteLiteral(value)}`)

/** The statements that make it; they run without the publisher. */
export const createSubscription = (definition: Definition): readonly string[] => {
  const { name, publications, enabled, options } = held(definition)
  const made = `CREATE SUBSCRIPTION ${quoteIdentifier(name)} CONNECTION ${quoteLiteral(unknownConnection)} PUBLICATION ${identifiers(publications)}`
  return [`${made} WITH (${['connect = false', ...printed(options)].join(', ')})`, ...(enabled ? [`ALTER SUBSCRIPTION ${quoteIdentifier(name)} ENABLE`] : [])]
}

/** Without a slot name nothing is asked of the publisher, where its slot stays. */
export const dropSubscription = (definition: Definition): readonly string[] => {
  const { name, enabled, options } = held(definition)
  const alter = `ALTER SUBSCRIPTION ${quoteIdentifier(name)}`
  return [
    ...(enabled ? [`${alter} DISABLE`] : []),
    ...(options.slot_name === 'none' ? [] : [`${alter} SET (slot_name = NONE)`]),
    `DROP SUBSCRIPTION ${quoteIdentifier(name)}`,
  ]
}

/** The publisher takes part in changing these. */
const remote = ['two_phase', 'failover']

/** The statements that lead from one to the other; undefined where it has to be made anew. */
export const alterSubscription = (from: Definition, to: Definition): readonly string[] | undefined => {
  const [before, after] = [held(from), held(to)]
  if (remote.some((name) => before.options[name] !== after.options[name])) return undefined
  const alter = `ALTER SUBSCRIPTION ${quoteIdentifier(after.name)}`
  const names = [...new Set([...Object.keys(before.options), ...Object.keys(after.options)])].filter((name) => before.options[name] !== after.options[name])
  const set = Object.fromEntries(names.flatMap((name) => [[name, after.options[name] ?? defaults[name]] as const].filter(([, value]) => value !== undefined)))
  return [
    ...(before.enabled && !after.enabled ? [`${alter} DISABLE`] : []),
    ...(before.publications.join('\0') === after.publications.join('\0')
      ? []
      : [`${alter} SET PUBLICATION ${identifiers(after.publications)} WITH (refresh = false)`]),
    ...(Object.keys(set).length === 0 ? [] : [`${alter} SET (${printed(set as Options).join(', ')})`]),
    ...(!before.enabled && after.enabled ? [`${alter} ENABLE`] : []),
  ]
}
