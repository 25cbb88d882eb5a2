/** As much of PostgreSQL's frontend/backend protocol (manual, chapter 54) as it takes to stand between a driver and a server. */

const lengthBytes = 4

/** Messages after which the server answers and is ready again: Query, Sync, FunctionCall, CopyDone, CopyFail, Terminate. */
const ends: ReadonlySet<string> = new Set(['Q', 'S', 'F', 'c', 'f', 'X'])
export const terminate = 'X'

export type Batch = { readonly bytes: Buffer; readonly last: string }

/** The startup message alone has no letter. */
const lengthAt = (bytes: Buffer, at: number, hasLetter: boolean): number | undefined => {
  const from = at + (hasLetter ? 1 : 0)
  return bytes.length < from + lengthBytes ? undefined : bytes.readInt32BE(from) + (hasLetter ? 1 : 0)
}

/** Cuts a driver's bytes into what must be sent as one, and what is not complete yet. `started`: the startup message has been sent. */
export const batchesIn = (bytes: Buffer, started: boolean): { readonly batches: readonly Batch[]; readonly rest: Buffer } => {
  const batches: Batch[] = []
  let from = 0
  let at = 0
  let hasLetter = started
  for (let length = lengthAt(bytes, at, hasLetter); length !== undefined && at + length <= bytes.length; length = lengthAt(bytes, at, hasLetter)) {
    const last = hasLetter ? String.fromCharCode(bytes[at] ?? 0) : ''
    at += length
    if (!hasLetter || ends.has(last)) {
      batches.push({ bytes: bytes.subarray(from, at), last })
      from = at
    }
    hasLetter = true
  }
  return { batches, rest: bytes.subarray(from) }
}

const message = (letter: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(1 + lengthBytes)
  head.write(letter, 0, 'latin1')
  head.writeInt32BE(body.length + lengthBytes, 1)
  return Buffer.concat([head, body])
}

/** A simple query. */
export const queryMessage = (sql: string): Buffer => message('Q', Buffer.from(`${sql}\0`))

/** A refusal as a server sends it, and that it is ready again. */
export const refusalMessage = (sqlstate: string, text: string): Buffer =>
  Buffer.concat([message('E', Buffer.from(`SERROR\0VERROR\0C${sqlstate}\0M${text}\0\0`)), message('Z', Buffer.from('I'))])

/** How an answer leaves the connection: `I` idle, `T` in a transaction, `E` in a failed one; undefined when the server did not say that it is ready. */
export const statusOf = (answer: Uint8Array): 'I' | 'T' | 'E' | undefined => {
  const [letter, a, b, c, d, status] = answer.subarray(-6)
  if (letter !== 0x5a || a !== 0 || b !== 0 || c !== 0 || d !== 5) return undefined
  return (['I', 'T', 'E'] as const).find((each) => each.charCodeAt(0) === status)
}
