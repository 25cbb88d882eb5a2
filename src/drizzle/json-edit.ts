/** JSON files changed in single values; every other byte stays. */
import { type JsonNode, memberOf, scanJson } from './json-text.ts'

/** New text for one value. */
type Edit = { readonly node: JsonNode; readonly text: string }

const spliced = (bytes: Uint8Array, edits: readonly Edit[]): string => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let at = 0
  const pieces: string[] = []
  for (const { node, text } of edits.toSorted((a, b) => a.node.start - b.node.start)) {
    pieces.push(decoder.decode(bytes.subarray(at, node.start)), text)
    at = node.end
  }
  return [...pieces, decoder.decode(bytes.subarray(at))].join('')
}

/** A journal with other times, by the position of the entries. The journal must be whole. */
export const withTimes = (journal: string, times: ReadonlyMap<number, number>): string => {
  const bytes = new TextEncoder().encode(journal)
  const entries = memberOf(scanJson(bytes, 3), 'entries')?.members ?? []
  const edits = [...times].flatMap(([position, when]): readonly Edit[] => {
    const node = entries[position] && memberOf(entries[position].value, 'when')
    return node ? [{ node, text: String(when) }] : []
  })
  return spliced(bytes, edits)
}

/** A snapshot with another place in the chain. What it says is not touched; a key that it lacks is put first. */
export const withHead = (snapshot: string, head: { readonly id: string; readonly prevIds: readonly string[] }): string => {
  const bytes = new TextEncoder().encode(snapshot)
  const root = scanJson(bytes, 1)
  const plural = memberOf(root, 'prevIds') !== undefined
  const wanted = { id: head.id, ...(plural ? { prevIds: head.prevIds } : { prevId: head.prevIds[0] ?? '' }) }
  const found = Object.entries(wanted).map(([key, value]) => ({ key, value, node: memberOf(root, key) }))
  const edits = found.flatMap(({ node, value }): readonly Edit[] => {
    const text = node && new TextDecoder().decode(bytes.subarray(node.start, node.end))
    return !node || (text !== undefined && JSON.stringify(JSON.parse(text)) === JSON.stringify(value)) ? [] : [{ node, text: JSON.stringify(value) }]
  })
  const missing = found.filter(({ node }) => !node).map(({ key, value }) => `\n  ${JSON.stringify(key)}: ${JSON.stringify(value)},`)
  const text = spliced(bytes, edits)
  return missing.length === 0 ? text : text.replace('{', () => `{${missing.join('')}`)
}
