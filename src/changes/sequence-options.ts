/** Options of sequences, with PostgreSQL's defaults (`init_params` in sequence.c): what equals the default is left out, so that equal sequences are equal values. */
import type { Options, Sequence } from '../model/catalog.ts'
import { refuse } from './refusal.ts'

const bits = { smallint: 16n, integer: 32n, bigint: 64n } as const
const greatest = (type: Sequence['type']): bigint => 2n ** (bits[type] - 1n) - 1n
const least = (type: Sequence['type']): bigint => -(2n ** (bits[type] - 1n))

/** A sequence as the server holds it. */
type Parameters = {
  readonly start: bigint
  readonly increment: bigint
  readonly minvalue: bigint
  readonly maxvalue: bigint
  readonly cache: bigint
  readonly cycle: boolean
}

const defaultMinimum = (type: Sequence['type'], increment: bigint): bigint => (increment > 0n ? 1n : least(type))
const defaultMaximum = (type: Sequence['type'], increment: bigint): bigint => (increment > 0n ? greatest(type) : -1n)

const number = (value: string | undefined): bigint | undefined => {
  if (value === undefined || value === 'none') return undefined
  return /^[+-]?\d+$/.test(value) ? BigInt(value) : refuse('22P02', `invalid input syntax for type bigint: "${value}"`)
}

const checked = (type: Sequence['type'], parameters: Parameters): Parameters => {
  const { start, increment, minvalue, maxvalue, cache } = parameters
  if (increment === 0n) refuse('22023', 'INCREMENT must not be zero')
  if (maxvalue > greatest(type) || maxvalue < least(type)) refuse('22023', `MAXVALUE (${maxvalue}) is out of range for sequence data type ${type}`)
  if (minvalue > greatest(type) || minvalue < least(type)) refuse('22023', `MINVALUE (${minvalue}) is out of range for sequence data type ${type}`)
  if (minvalue >= maxvalue) refuse('22023', `MINVALUE (${minvalue}) must be less than MAXVALUE (${maxvalue})`)
  if (start < minvalue) refuse('22023', `START value (${start}) cannot be less than MINVALUE (${minvalue})`)
  if (start > maxvalue) refuse('22023', `START value (${start}) cannot be greater than MAXVALUE (${maxvalue})`)
  if (cache <= 0n) refuse('22023', `CACHE (${cache}) must be greater than zero`)
  return parameters
}

const parametersOf = (type: Sequence['type'], options: Options): Parameters => {
  const increment = number(options.increment) ?? 1n
  const minvalue = number(options.minvalue) ?? defaultMinimum(type, increment)
  const maxvalue = number(options.maxvalue) ?? defaultMaximum(type, increment)
  return {
    increment,
    minvalue,
    maxvalue,
    start: number(options.start) ?? (increment > 0n ? minvalue : maxvalue),
    cache: number(options.cache) ?? 1n,
    cycle: options.cycle === 'true',
  }
}

const optionsOf = (type: Sequence['type'], { start, increment, minvalue, maxvalue, cache, cycle }: Parameters): Options => ({
  ...(start === (increment > 0n ? minvalue : maxvalue) ? {} : { start: String(start) }),
  ...(increment === 1n ? {} : { increment: String(increment) }),
  ...(minvalue === defaultMinimum(type, increment) ? {} : { minvalue: String(minvalue) }),
  ...(maxvalue === defaultMaximum(type, increment) ? {} : { maxvalue: String(maxvalue) }),
  ...(cache === 1n ? {} : { cache: String(cache) }),
  ...(cycle ? { cycle: 'true' } : {}),
})

/**
 * Options of a new sequence without those that equal PostgreSQL's defaults. Refuses with 22023 what cannot be.
 * @param given as `readSequenceOptions` answers them: numbers as text, `none` for NO MINVALUE and NO MAXVALUE
 */
export const initialOptions = (type: Sequence['type'], given: Options): Options => optionsOf(type, checked(type, parametersOf(type, given)))

/** Type and options after ALTER SEQUENCE (and ALTER COLUMN … SET of an identity): what is not given stays as it is in the server. Refuses with 22023. */
export const alteredOptions = (sequence: Sequence, given: Options, type: Sequence['type'] = sequence.type): Options => {
  const old = parametersOf(sequence.type, sequence.options)
  const increment = number(given.increment) ?? old.increment
  const retyped = type !== sequence.type
  const bound = (
    name: 'minvalue' | 'maxvalue',
    of: (type: Sequence['type'], increment: bigint) => bigint,
    edge: (type: Sequence['type']) => bigint,
  ): bigint => {
    const value = given[name]
    if (value !== undefined && value !== 'none') return number(value) ?? old[name]
    if (retyped && old[name] === edge(sequence.type)) return edge(type)
    return value === 'none' ? of(type, increment) : old[name]
  }
  return optionsOf(
    type,
    checked(type, {
      increment,
      minvalue: bound('minvalue', defaultMinimum, least),
      maxvalue: bound('maxvalue', defaultMaximum, greatest),
      start: number(given.start) ?? old.start,
      cache: number(given.cache) ?? old.cache,
      cycle: given.cycle === undefined ? old.cycle : given.cycle === 'true',
    }),
  )
}

/** Every option in words, whatever is default: for statements that must say all of them. */
export const allOptions = (type: Sequence['type'], options: Options): Options => {
  const { start, increment, minvalue, maxvalue, cache, cycle } = parametersOf(type, options)
  return {
    start: String(start),
    increment: String(increment),
    minvalue: String(minvalue),
    maxvalue: String(maxvalue),
    cache: String(cache),
    cycle: String(cycle),
  }
}
