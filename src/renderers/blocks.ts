/** Blocks as lines for a terminal. */
import { diffLines } from 'diff'
import type { Block, TreeItem } from '../model/report.ts'
import { hanging, naturalWidth, pad, type Terminal, widthOf, wrap } from './terminal.ts'
import { clean } from './text.ts'

type Lines = readonly string[]
type Of<T extends Block['type']> = Extract<Block, { readonly type: T }>

const gap = 2
/** A column narrower than this is no help to a reader: the table becomes a list. */
const narrowestColumn = 8

/** Widths that fit into `room`: the widest columns give way first, down to what each is worth. Undefined when the table cannot be narrow enough. */
export const fitColumns = (natural: readonly number[], room: number, least: readonly (number | undefined)[] = []): readonly number[] | undefined => {
  const widths = [...natural]
  const total = () => widths.reduce((sum, width) => sum + width, 0) + gap * (widths.length - 1)
  const giving = (): readonly number[] => widths.map((width, column) => (width > (least[column] ?? narrowestColumn) ? width : 0))
  while (total() > room) {
    const widest = Math.max(...giving())
    if (widest === 0) return undefined
    widths[giving().indexOf(widest)] = widest - 1
  }
  return widths
}

const headed = (caption: string | undefined, screen: Terminal): Lines => (caption === undefined ? [] : wrap(screen.paint(caption, 'muted'), screen.width))

const heading = (block: Of<'heading'>, screen: Terminal): Lines => {
  const lines = wrap(typeof block.text === 'string' ? screen.paint(block.text, 'strong') : screen.text(block.text), screen.width)
  return block.level === 1 ? [...lines, screen.paint(screen.glyphs.rule.repeat(Math.max(...lines.map(widthOf))), 'muted')] : lines
}

const row = (cells: readonly Lines[], widths: readonly number[], aligns: readonly ('left' | 'right')[]): Lines => {
  const height = Math.max(1, ...cells.map((cell) => cell.length))
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((cell, column) => pad(cell[line] ?? '', widths[column] ?? 0, aligns[column]))
      .join(' '.repeat(gap))
      .trimEnd(),
  )
}

const asRecords = (block: Of<'table'>, screen: Terminal): Lines => {
  const names = block.columns.map(({ title }) => clean(title))
  const head = Math.min(Math.max(0, ...names.map(widthOf)), 16)
  return block.rows.flatMap((cells, index) => [
    ...(index > 0 ? [''] : []),
    ...cells.flatMap((cell, column) =>
      hanging(`  ${pad(screen.paint((names[column] ?? '').slice(0, head), 'muted'), head)}  `, screen.text(cell), screen.width),
    ),
  ])
}

const table = (block: Of<'table'>, screen: Terminal): Lines => {
  const natural = block.columns.map(({ title }, column) => Math.max(naturalWidth(title), ...block.rows.map((cells) => naturalWidth(cells[column] ?? ''))))
  const widths = fitColumns(
    natural,
    screen.width - gap,
    block.columns.map(({ least }) => least),
  )
  if (!widths) return asRecords(block, screen)
  const aligns = block.columns.map(({ align }) => align ?? 'left')
  const line = (cells: readonly string[]): Lines =>
    row(
      cells.map((cell, column) => wrap(cell, widths[column] ?? 1)),
      widths,
      aligns,
    ).map((text) => `${' '.repeat(gap)}${text}`)
  const titles = block.columns.some(({ title }) => title !== '') ? line(block.columns.map(({ title }) => screen.paint(title, 'muted'))) : []
  return [...titles, ...block.rows.flatMap((cells) => line(block.columns.map((_, column) => screen.text(cells[column] ?? ''))))]
}

const barred = (text: string, screen: Terminal, tone: 'plain' | 'good' | 'bad' | 'muted', mark = ''): Lines => {
  const head = `  ${screen.paint(screen.glyphs.bar, 'muted')} ${screen.paint(mark, tone)}`
  return clean(text)
    .split('\n')
    .flatMap((line) => wrapKeepingIndent(line, screen.width - widthOf(head)).map((part) => `${head}${screen.paint(part, tone)}`.trimEnd()))
}

/** Code keeps its indent; `wrap` would trim it. */
const wrapKeepingIndent = (line: string, width: number): Lines => {
  const indent = /^ */.exec(line)?.[0].slice(0, Math.floor(width / 2)) ?? ''
  return wrap(line.trimStart(), width - indent.length).map((part) => indent + part)
}

const code = (block: Of<'code'>, screen: Terminal): Lines => [...headed(block.caption, screen), ...barred(block.text.trimEnd(), screen, 'plain')]

const diff = (block: Of<'diff'>, screen: Terminal): Lines => [
  ...headed(block.caption, screen),
  ...diffLines(block.from, block.to).flatMap(({ value, added, removed }) => {
    const [mark, tone] = added ? (['+ ', 'good'] as const) : removed ? (['- ', 'bad'] as const) : (['  ', 'muted'] as const)
    return barred(value.replace(/\n$/, ''), screen, tone, mark)
  }),
]

const tree = (item: TreeItem, screen: Terminal, lead: string, branch: string): Lines => {
  const below = lead + (branch === '' ? '' : branch === screen.glyphs.last ? '   ' : screen.glyphs.trunk)
  const own = wrap(screen.text(item.text), Math.max(narrowestColumn, screen.width - widthOf(lead + branch)))
  return [
    ...own.map((line, index) => `${screen.paint(index === 0 ? lead + branch : below, 'muted')}${line}`),
    ...item.children.flatMap((child, index) => tree(child, screen, below, index === item.children.length - 1 ? screen.glyphs.last : screen.glyphs.branch)),
  ]
}

const definition = (block: Of<'definition'>, screen: Terminal): Lines => {
  const widest = Math.max(0, ...block.items.map(({ term }) => widthOf(clean(term))))
  const column = Math.min(widest, Math.floor(screen.width / 3))
  return block.items.flatMap(({ term, text }) => {
    const name = screen.paint(term, 'muted')
    if (widthOf(name) > column) return [...hanging('  ', name, screen.width), ...hanging(' '.repeat(4), screen.text(text), screen.width)]
    return hanging(`  ${pad(name, column)}  `, screen.text(text), screen.width)
  })
}

/** The lines of one block, none wider than the screen. */
export const blockLines = (block: Block, screen: Terminal): Lines => {
  switch (block.type) {
    case 'heading':
      return heading(block, screen)
    case 'text':
      return wrap(screen.text(block.text), screen.width)
    case 'table':
      return table(block, screen)
    case 'code':
      return code(block, screen)
    case 'diff':
      return diff(block, screen)
    case 'tree':
      return tree(block.root, screen, '  ', '')
    case 'definition':
      return definition(block, screen)
  }
}
