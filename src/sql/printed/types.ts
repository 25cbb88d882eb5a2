/** Printed types, routines and operators as statements. */
import { partsOf, qualified, quoteIdentifier } from '../../model/name.ts'
import type { PrintedObject } from '../../model/printed.ts'
import { quoteLiteral } from '../print.ts'
import { at, isSet, lastPart, listOf, ownerIdentity, type Road, type Surroundings, textOf, withoutArguments } from './parts.ts'

type Value = PrintedObject['value']

/** `NAME = value` for each that is there. */
const given = (value: Value, names: Readonly<Record<string, string>>, print: (text: string) => string = (text) => text): readonly string[] =>
  Object.entries(names).flatMap(([key, name]) => (textOf(value, key) === undefined ? [] : [`${name} = ${print(textOf(value, key) ?? '')}`]))

const flags = (value: Value, names: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(names).flatMap(([key, name]) => (isSet(value, key) ? [name] : []))

const collate = (value: Value, key = 'collation'): string => (textOf(value, key) === undefined ? '' : ` COLLATE ${textOf(value, key)}`)

const domain = ({ identity, value }: PrintedObject, around: Surroundings): string => {
  const constraints = around.members('domain constraint', identity).filter((each) => !isLate(each))
  const filled = textOf(value, 'default') === undefined ? '' : ` DEFAULT ${textOf(value, 'default')}`
  const name = textOf(around.get('domain not-null', identity)?.value ?? {}, 'name')
  const notNull = isSet(value, 'notNull') ? `${name === undefined ? '' : ` CONSTRAINT ${quoteIdentifier(name)}`} NOT NULL` : ''
  const checks = constraints.map((each) => ` CONSTRAINT ${lastPart(each.identity)} ${textOf(each.value, 'definition') ?? ''}`).join('')
  return `CREATE DOMAIN ${identity} AS ${textOf(value, 'base') ?? ''}${collate(value)}${filled}${notNull}${checks}`
}

const composite = ({ identity }: PrintedObject, around: Surroundings): string => {
  const attributes = around.columns('attribute', identity).map((each) => `${lastPart(each.identity)} ${textOf(each.value, 'type') ?? ''}${collate(each.value)}`)
  return `CREATE TYPE ${identity} AS (${attributes.join(', ')})`
}

const range = ({ identity, value }: PrintedObject): string => {
  const functions = given(value, { canonical: 'CANONICAL', subtypeDifference: 'SUBTYPE_DIFF' }, withoutArguments)
  const rest = given(value, { subtype: 'SUBTYPE', subtypeCollation: 'COLLATION', multirange: 'MULTIRANGE_TYPE_NAME' })
  return `CREATE TYPE ${identity} AS RANGE (${[...rest, ...given(value, { subtypeOperatorClass: 'SUBTYPE_OPCLASS' }, quoteIdentifier), ...functions].join(', ')})`
}

const alignments: Readonly<Record<string, string>> = { c: 'char', s: 'int2', i: 'int4', d: 'double' }
const storages: Readonly<Record<string, string>> = { p: 'plain', e: 'external', m: 'main', x: 'extended' }

const base = ({ identity, value }: PrintedObject): string => {
  const functions = {
    input: 'INPUT',
    output: 'OUTPUT',
    receive: 'RECEIVE',
    send: 'SEND',
    modifierInput: 'TYPMOD_IN',
    modifierOutput: 'TYPMOD_OUT',
    analyze: 'ANALYZE',
    subscript: 'SUBSCRIPT',
  }
  const length = textOf(value, 'length') === '-1' ? 'VARIABLE' : textOf(value, 'length')
  const options = [
    ...given(value, functions, withoutArguments),
    ...(length === undefined ? [] : [`INTERNALLENGTH = ${length}`]),
    ...flags(value, { byValue: 'PASSEDBYVALUE' }),
    ...given(value, { alignment: 'ALIGNMENT' }, (letter) => alignments[letter] ?? letter),
    ...given(value, { storage: 'STORAGE' }, (letter) => storages[letter] ?? letter),
    ...given(value, { category: 'CATEGORY', default: 'DEFAULT', delimiter: 'DELIMITER' }, quoteLiteral),
    ...(isSet(value, 'preferred') ? ['PREFERRED = true'] : []),
    ...(isSet(value, 'collatable') ? ['COLLATABLE = true'] : []),
    ...given(value, { element: 'ELEMENT' }),
  ]
  return `CREATE TYPE ${identity} (${options.join(', ')})`
}

export const type: Road = (object, around) => {
  switch (textOf(object.value, 'kind')) {
    case 'enum':
      return at(
        'type',
        `CREATE TYPE ${object.identity} AS ENUM (${listOf(object.value, 'labels')
          .map((label) => quoteLiteral(String(label)))
          .join(', ')})`,
      )
    case 'domain':
      return at('type', domain(object, around))
    case 'composite':
      return at('type', composite(object, around))
    case 'range':
      return at('type', range(object))
    case 'shell':
      return at('type', `CREATE TYPE ${object.identity}`)
    default:
      return at('type', base(object))
  }
}

/** What CREATE DOMAIN cannot say. */
const isLate = ({ value }: PrintedObject): boolean => / NOT VALID$/.test(textOf(value, 'definition') ?? '')

/** A domain's constraints stand in its definition, but for one that is not yet valid. */
export const domainConstraint: Road = (object) =>
  isLate(object)
    ? at(
        'definition part',
        `ALTER DOMAIN ${ownerIdentity(object.identity)} ADD CONSTRAINT ${lastPart(object.identity)} ${textOf(object.value, 'definition') ?? ''}`,
      )
    : []

const routineName = (identity: string): string =>
  partsOf(identity.slice(0, identity.indexOf('"(')) + '"')
    .map(quoteIdentifier)
    .join('.')

const aggregate = ({ identity, value }: PrintedObject): string => {
  const functions = {
    transition: 'SFUNC',
    final: 'FINALFUNC',
    combine: 'COMBINEFUNC',
    serialize: 'SERIALFUNC',
    deserialize: 'DESERIALFUNC',
    movingTransition: 'MSFUNC',
    movingInverse: 'MINVFUNC',
    movingFinal: 'MFINALFUNC',
  }
  const sharing: Readonly<Record<string, string>> = { r: 'READ_ONLY', s: 'SHAREABLE', w: 'READ_WRITE' }
  const parallel: Readonly<Record<string, string>> = { s: 'SAFE', r: 'RESTRICTED', u: 'UNSAFE' }
  const options = [
    ...given(value, { state: 'STYPE', movingState: 'MSTYPE', space: 'SSPACE', movingSpace: 'MSSPACE' }),
    ...given(value, functions, withoutArguments),
    ...flags(value, { finalExtra: 'FINALFUNC_EXTRA', movingFinalExtra: 'MFINALFUNC_EXTRA' }),
    ...given(value, { finalModify: 'FINALFUNC_MODIFY', movingFinalModify: 'MFINALFUNC_MODIFY' }, (letter) => sharing[letter] ?? letter),
    ...given(value, { parallel: 'PARALLEL' }, (letter) => parallel[letter] ?? letter),
    ...given(value, { initial: 'INITCOND', movingInitial: 'MINITCOND' }, quoteLiteral),
    ...given(value, { sortOperator: 'SORTOP' }, operatorReference),
    ...(textOf(value, 'kindOfAggregate') === 'hypothetical set' ? ['HYPOTHETICAL'] : []),
  ]
  return `CREATE AGGREGATE ${routineName(identity)}(${textOf(value, 'arguments') || '*'}) (${options.join(', ')})`
}

export const routine: Road = (object) =>
  at('routine', textOf(object.value, 'kind') === 'aggregate' ? aggregate(object) : (textOf(object.value, 'definition') ?? '').trimEnd())

/** `public.===(integer,integer)` → `OPERATOR(public.===)`. */
const operatorReference = (text: string): string => `OPERATOR(${withoutArguments(text)})`

/** `"s".===(integer, integer)` → name and the two types. */
const operatorParts = (identity: string): { readonly name: string; readonly left: string; readonly right: string } => {
  const schema = partsOf(identity)[0] ?? ''
  const rest = identity.slice(quoteIdentifier(schema).length + 1)
  const [left = '', right = ''] = rest.slice(rest.indexOf('(') + 1, -1).split(/, (?=[^,]*$)/)
  return { name: `${quoteIdentifier(schema)}.${rest.slice(0, rest.indexOf('('))}`, left, right }
}

export const operator: Road = ({ identity, value }) => {
  const { name, left, right } = operatorParts(identity)
  const options = [
    ...given(value, { function: 'FUNCTION' }, withoutArguments),
    ...(left === 'NONE' ? [] : [`LEFTARG = ${left}`]),
    ...(right === 'NONE' ? [] : [`RIGHTARG = ${right}`]),
    ...given(value, { commutator: 'COMMUTATOR', negator: 'NEGATOR' }, operatorReference),
    ...given(value, { restrict: 'RESTRICT', join: 'JOIN' }, withoutArguments),
    ...flags(value, { hashes: 'HASHES', merges: 'MERGES' }),
  ]
  return at('definition', `CREATE OPERATOR ${name} (${options.join(', ')})`)
}

/** `"s"."c" USING "btree"` → name and method. */
const methodParts = (identity: string): { readonly schema: string; readonly name: string; readonly method: string } => {
  const found = identity.lastIndexOf(' USING ')
  const [schema = '', name = ''] = partsOf(identity.slice(0, found))
  return { schema, name, method: identity.slice(found + ' USING '.length).replaceAll('"', '') }
}

/** A family that has a class of its name is made with it. */
export const operatorFamily: Road = ({ identity }, around) => {
  const { schema, name, method } = methodParts(identity)
  if (around.get('operator class', identity)) return []
  return at('definition', `CREATE OPERATOR FAMILY ${qualified(schema, name)} USING ${quoteIdentifier(method)}`)
}

const argumentsOf = (signature: string): string => signature.slice(signature.lastIndexOf('(') + 1, -1)

/** A class with those members of its family that take its own type. */
export const operatorClass: Road = ({ identity, value }, around) => {
  const { schema, name, method } = methodParts(identity)
  const familyName = textOf(value, 'family') ?? name
  const family = around.get('operator family', `${qualified(schema, familyName)} USING ${method}`)
  const input = textOf(value, 'type') ?? ''
  const operators = listOf(family?.value ?? {}, 'operators').flatMap((entry) => {
    const [strategy, text] = (entry as readonly unknown[]).map(String)
    return argumentsOf(text ?? '') === `${input},${input}` ? [`OPERATOR ${strategy} ${withoutArguments(text ?? '')}`] : []
  })
  const functions = listOf(family?.value ?? {}, 'functions').flatMap((entry) => {
    const [number, left, right, text] = (entry as readonly unknown[]).map(String)
    return left === input && right === input ? [`FUNCTION ${number} ${text}`] : []
  })
  const storage = textOf(value, 'storage') === undefined ? [] : [`STORAGE ${textOf(value, 'storage')}`]
  const items = [...operators, ...functions, ...storage]
  const of = familyName === name ? '' : ` FAMILY ${qualified(schema, familyName)}`
  return items.length === 0
    ? undefined
    : at(
        'definition part',
        `CREATE OPERATOR CLASS ${qualified(schema, name)}${isSet(value, 'default') ? ' DEFAULT' : ''} FOR TYPE ${input} USING ${quoteIdentifier(method)}${of} AS ${items.join(', ')}`,
      )
}

export const accessMethod: Road = ({ identity, value }) =>
  at(
    'schema',
    `CREATE ACCESS METHOD ${identity} TYPE ${(textOf(value, 'type') ?? '').toUpperCase()} HANDLER ${withoutArguments(textOf(value, 'handler') ?? '')}`,
  )
