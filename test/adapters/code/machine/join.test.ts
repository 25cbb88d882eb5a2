import { describe, expect, it } from 'vitest'
import { elementsOf } from '../../../../src/adapters/code/drizzle/values.ts'
import { arrayOf, isNothing, join, keyOf, objectOf, tupleOf } from '../../../../src/adapters/code/machine/join.ts'
import { any, literal, native } from '../../../../src/adapters/code/value.ts'

const [a, b] = [literal('a'), literal('b')]

describe('join', () => {
  it('leaves out what is not known beside what is', () => {
    expect(join(any, a)).toBe(a)
    expect(join(any, any)).toBe(any)
    expect(join()).toBe(any)
  })

  it('is never nested, and has each literal once', () => {
    expect(join(join(a, b), join(b, literal('c')))).toEqual({ kind: 'union', of: [a, b, literal('c')] })
    expect(join(a, literal('a'))).toEqual(a)
  })

  it('has objects of the same make once, where there are many', () => {
    const many = Array.from({ length: 10 }, () => objectOf({ name: a }))
    expect(join(...many).kind).toBe('object')
  })

  it('ends where what is merged holds what is merged, over any number of steps', () => {
    const nodes = Array.from({ length: 40 }, () => objectOf({ name: a }))
    for (const [at, node] of nodes.entries()) node.props.set('next', join(...nodes.slice(0, at + 1)))
    let whole = join(...nodes)
    for (let round = 0; round < 50; round++) {
      const inner = whole.kind === 'object' ? (whole.props.get('next') ?? any) : any
      whole = join(inner, ...Array.from({ length: 10 }, () => objectOf({ next: inner, round: literal(String(round)) })))
    }
    expect(whole.kind).toBe('object')
  })

  it('a list of lists that holds itself ends', () => {
    const lists = Array.from({ length: 10 }, () => arrayOf(any))
    for (const list of lists) list.element = join(...lists)
    const whole = join(...lists)
    expect(whole.kind).toBe('array')
    expect(elementsOf(whole)).toEqual([any])
  })

  it('gives the first where nothing comes to it', () => {
    const both = join(a, b)
    expect(join(both, b, any, literal('a'))).toBe(both)
  })

  it('is cut where it grows large', () => {
    const large = join(...Array.from({ length: 100 }, (_, at) => literal(at)), ...Array.from({ length: 100 }, () => native('f', () => any)))
    expect(large.kind === 'union' && large.of.length).toBeLessThan(50)
  })
})

describe('keyOf', () => {
  it('tells plain objects and lists by what they hold', () => {
    expect(keyOf(objectOf({ x: a, y: b }))).toBe(keyOf(objectOf({ x: a, y: b })))
    expect(keyOf(objectOf({ x: a }))).not.toBe(keyOf(objectOf({ x: b })))
    expect(keyOf(tupleOf([a, b]))).not.toBe(keyOf(tupleOf([b, a])))
    expect(keyOf(arrayOf(a))).not.toBe(keyOf(tupleOf([a])))
  })

  it('does not depend on the order of a union', () => {
    expect(keyOf(join(a, b))).toBe(keyOf(join(b, a)))
  })

  it('tells what acts by what it is', () => {
    expect(keyOf(native('f', () => any))).not.toBe(keyOf(native('f', () => any)))
  })

  it('takes a long text for any', () => {
    expect(keyOf(literal('x'.repeat(1000)))).toBe(keyOf(any))
  })

  it('ends in an object that holds itself', () => {
    const circular = objectOf({ x: a })
    circular.props.set('self', circular)
    expect(keyOf(circular)).toContain('self')
  })
})

it('null and what is not known are nothing', () => {
  expect([any, literal(null), literal(''), objectOf({})].map(isNothing)).toEqual([true, true, false, false])
})
