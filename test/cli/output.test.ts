import { describe, expect, test } from 'vitest'
import { showsUnicode, wantsColor, widthFor } from '../../src/cli/output.ts'
import { progressLine } from '../../src/cli/progress.ts'

const write = () => true
const pipe = { write }
const tty = { write, isTTY: true, columns: 72 }

describe('colours', () => {
  test.each([
    ['a terminal', tty, {}, undefined, true],
    ['a pipe', pipe, {}, undefined, false],
    ['NO_COLOR', tty, { NO_COLOR: '1' }, undefined, false],
    ['an empty NO_COLOR', tty, { NO_COLOR: '' }, undefined, true],
    ['FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, undefined, true],
    ['FORCE_COLOR=0', tty, { FORCE_COLOR: '0' }, undefined, false],
    ['NO_COLOR before FORCE_COLOR', pipe, { NO_COLOR: '1', FORCE_COLOR: '1' }, undefined, false],
    ['a dumb terminal', tty, { TERM: 'dumb' }, undefined, false],
    ['--no-color before all', tty, { FORCE_COLOR: '1' }, false, false],
    ['--color before all', pipe, { NO_COLOR: '1' }, true, true],
  ])('%s', (_, stream, environment, flag, wanted) => expect(wantsColor(stream, environment, flag)).toBe(wanted))
})

test('width: COLUMNS, the terminal, 100 for a pipe', () => {
  expect(widthFor(tty, { COLUMNS: '44' })).toBe(44)
  expect(widthFor(tty, { COLUMNS: 'x' })).toBe(72)
  expect(widthFor(pipe, {})).toBe(100)
})

test('more than ASCII is shown where it can be', () => {
  expect(showsUnicode({}, 'linux')).toBe(true)
  expect(showsUnicode({ TERM: 'dumb' }, 'linux')).toBe(false)
  expect(showsUnicode({ LANG: 'de_DE.ISO-8859-1' }, 'linux')).toBe(false)
  expect(showsUnicode({}, 'win32')).toBe(false)
  expect(showsUnicode({ WT_SESSION: 'x' }, 'win32')).toBe(true)
})

describe('progress', () => {
  const watch = () => {
    const written: string[] = []
    let time = 0
    const stream = { columns: 20, write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream
    const line = progressLine(stream, () => time)
    return { written, line, at: (now: number) => (time = now) }
  }

  test('says nothing in the first second', () => {
    const { written, line, at } = watch()
    at(999)
    line.show({ step: 'replay', done: 1, total: 9 })
    line.end()
    expect(written).toEqual([])
  })

  test('is one line, no wider than the terminal, and is erased', () => {
    const { written, line, at } = watch()
    at(1500)
    line.show({ step: 'replay of a long name', done: 1, total: 9 })
    line.show({ step: 'too soon after', done: 2, total: 9 })
    line.end()
    expect(written).toEqual(['\r\u001b[2Kreplay of a long na', '\r\u001b[2K'])
  })
})
