/**
 * Values as bytes (trees, facts): a quarter of their JSON, and values again in less time. Objects have few shapes: each is named once, and an object is the number of its shape and its
 * values. What JSON would leave out or turn into null is so here too.
 */

/** Texts, and whatever else is no small number and no structure. */
type Literal = string | number | boolean | null

/** Of the bytes: the length of the header as JSON, the header, the values. A shape is `k=ref,b,at`: its keys, with what `k` says. A header of JSON, for its short texts are then the same ones as in the program. */
type Header = readonly [literals: readonly Literal[], shapes: readonly string[]]

/** The lowest two bits of a value's number; the others are the number, the position among the literals, the length, the position among the shapes. */
const small = 0
const literal = 1
const list = 2
const object = 3

const headerBytes = 4
const sizeBytes = 4
/** Larger numbers are literals: positions have to stay numbers of 32 bits. */
const firstLargeNumber = 1 << 24

type Step = { readonly next: Map<string, Step>; readonly shape: string; number?: number }

/** Bytes that grow; shared, since a tree is written from its beginning to its end. */
let scratch = new Uint8Array(1 << 16)

export class Writer {
  readonly #literals = new Map<Literal, number>()
  readonly #shapes: string[] = []
  /** Keys that follow each other: a shape is found without putting its name together. */
  readonly #first: Step = { next: new Map(), shape: '' }
  #size = 0

  #room(bytes: number): void {
    if (this.#size + bytes <= scratch.length) return
    const larger = new Uint8Array(scratch.length * 2)
    larger.set(scratch)
    scratch = larger
  }

  #number(kind: number, value: number): void {
    this.#room(5)
    let rest = value * 4 + kind
    while (rest > 127) {
      scratch[this.#size++] = (rest & 127) | 128
      rest >>>= 7
    }
    scratch[this.#size++] = rest
  }

  #literal(value: Literal): void {
    const known = this.#literals.get(value)
    if (known === undefined) this.#literals.set(value, this.#literals.size)
    this.#number(literal, known ?? this.#literals.size - 1)
  }

  #step(from: Step, name: string, separator: string): Step {
    const known = from.next.get(name)
    if (known) return known
    const step: Step = { next: new Map(), shape: from.shape === '' ? name : `${from.shape}${separator}${name}` }
    from.next.set(name, step)
    return step
  }

  #object(value: Readonly<Record<string, unknown>>): void {
    let step = this.#first
    for (const key in value) {
      if (value[key] === undefined) continue
      step = this.#step(step, key, ',')
      if (key === 'k') step = this.#step(step, String(value.k), '=')
    }
    if (step.number === undefined) step.number = this.#shapes.push(step.shape) - 1
    this.#number(object, step.number)
    for (const key in value) if (key !== 'k' && value[key] !== undefined) this.value(value[key])
  }

  value(value: unknown): void {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < firstLargeNumber) this.#number(small, value)
    else if (Array.isArray(value)) {
      this.#number(list, value.length)
      for (const one of value) this.value(one)
    } else if (typeof value === 'object' && value !== null) this.#object(value as Readonly<Record<string, unknown>>)
    else this.#literal((value ?? null) as Literal)
  }

  /** What can be left out in reading: its size in bytes stands before it. */
  skippable(value: unknown): void {
    const from = this.#size
    this.#room(sizeBytes)
    this.#size += sizeBytes
    this.value(value)
    const size = this.#size - from - sizeBytes
    for (let at = 0; at < sizeBytes; at++) scratch[from + at] = size >>> (8 * (sizeBytes - 1 - at))
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const header = Buffer.from(JSON.stringify([[...this.#literals.keys()], this.#shapes] satisfies Header))
    const all = Buffer.from(new ArrayBuffer(headerBytes + header.length + this.#size))
    all.writeUInt32LE(header.length)
    all.set(header, headerBytes)
    all.set(scratch.subarray(0, this.#size), headerBytes + header.length)
    return new Uint8Array(all.buffer)
  }
}

type Maker = (from: Reader) => unknown

/** Nine of ten objects: one that is written down here is made at once, and not put together key by key. */
const makers: Readonly<Record<string, Maker>> = {
  'k=ref,b,at': (from) => ({ k: 'ref', b: from.value(), at: from.value() }),
  'k=global,n,at': (from) => ({ k: 'global', n: from.value(), at: from.value() }),
  'k=lit,v,at': (from) => ({ k: 'lit', v: from.value(), at: from.value() }),
  'k=key,n,e,at': (from) => ({ k: 'key', n: from.value(), e: from.value(), at: from.value() }),
  'k=get,o,p,at': (from) => ({ k: 'get', o: from.value(), p: from.value(), at: from.value() }),
  'k=call,f,a,at': (from) => ({ k: 'call', f: from.value(), a: from.value(), at: from.value() }),
  'k=new,f,a,at': (from) => ({ k: 'new', f: from.value(), a: from.value(), at: from.value() }),
  'k=obj,p,at': (from) => ({ k: 'obj', p: from.value(), at: from.value() }),
  'k=arr,e,at': (from) => ({ k: 'arr', e: from.value(), at: from.value() }),
  'k=fn,i,at': (from) => ({ k: 'fn', i: from.value(), at: from.value() }),
  'k=tpl,q,e,at': (from) => ({ k: 'tpl', q: from.value(), e: from.value(), at: from.value() }),
  'k=await,e,at': (from) => ({ k: 'await', e: from.value(), at: from.value() }),
  'k=other,e,at': (from) => ({ k: 'other', e: from.value(), at: from.value() }),
  'k=choice,t,keep,e,at': (from) => ({ k: 'choice', t: from.value(), keep: from.value(), e: from.value(), at: from.value() }),
  'k=binary,op,l,r,at': (from) => ({ k: 'binary', op: from.value(), l: from.value(), r: from.value(), at: from.value() }),
  'k=name,b,at': (from) => ({ k: 'name', b: from.value(), at: from.value() }),
  'k=name,b,T,at': (from) => ({ k: 'name', b: from.value(), T: from.type(), at: from.value() }),
  'k=name,n,b': (from) => ({ k: 'name', n: from.value(), b: from.value() }),
  'k=do,e,at': (from) => ({ k: 'do', e: from.value(), at: from.value() }),
  'k=let,to,e,at': (from) => ({ k: 'let', to: from.value(), e: from.value(), at: from.value() }),
  'k=return,e,at': (from) => ({ k: 'return', e: from.value(), at: from.value() }),
  'k=any': () => ({ k: 'any' }),
  'name,fn': (from) => ({ name: from.value(), fn: from.value() }),
  'b,from,name,at': (from) => ({ b: from.value(), from: from.value(), name: from.value(), at: from.value() }),
  'n,T,at': (from) => ({ n: from.value(), T: from.value(), at: from.value() }),
  to: (from) => ({ to: from.value() }),
  // Of facts: functions, their calls and their uses.
  'name,file,line,calls,uses,inserts': (from) => ({
    name: from.value(),
    file: from.value(),
    line: from.value(),
    calls: from.value(),
    uses: from.value(),
    inserts: from.value(),
  }),
  'to,line,confidence': (from) => ({ to: from.value(), line: from.value(), confidence: from.value() }),
}

const putTogether = (shape: string): Maker => {
  const keys = shape === '' ? [] : shape.split(',')
  const kind = keys.find((key) => key.startsWith('k='))?.slice(2)
  return (from) => {
    const made: Record<string, unknown> = {}
    for (const key of keys) {
      if (key.startsWith('k=')) made.k = kind
      else made[key] = key === 'T' ? from.type() : from.value()
    }
    return made
  }
}

const known = new Map<string, Maker>(Object.entries(makers))

const makerOf = (shape: string): Maker => {
  const maker = known.get(shape) ?? putTogether(shape)
  known.set(shape, maker)
  return maker
}

/** Every empty list. */
const none: readonly unknown[] = []

export class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #types = new Map<number, { readonly type: unknown; readonly end: number }>()
  readonly #literals: readonly Literal[]
  readonly #makers: readonly Maker[]
  #at: number

  constructor(bytes: Uint8Array) {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = headerBytes + all.readUInt32LE(0)
    const [literals, shapes]: Header = JSON.parse(all.toString('utf8', headerBytes, this.#at))
    this.#literals = literals
    this.#makers = shapes.map(makerOf)
  }

  #number(): number {
    const first = this.#bytes[this.#at++] ?? 0
    if (first < 128) return first
    let number = first & 127
    for (let shift = 7; ; shift += 7) {
      const next = this.#bytes[this.#at++] ?? 0
      number |= (next & 127) << shift
      if (next < 128) return number
    }
  }

  /** Where what can be left out begins; the reader is behind it then. */
  skip(): number {
    const from = this.#at + sizeBytes
    this.#at = from + this.#view.getUint32(this.#at)
    return from
  }

  valueAt(from: number): unknown {
    this.#at = from
    return this.value()
  }

  /** A type is the same object however often its function is read: what is known of it is known by that. */
  type(): unknown {
    const from = this.#at
    const known = this.#types.get(from)
    if (known) {
      this.#at = known.end
      return known.type
    }
    const type = this.value()
    this.#types.set(from, { type, end: this.#at })
    return type
  }

  /** Most lists are short; one that grew has room for sixteen more, and there are a million of them. */
  #list(length: number): readonly unknown[] {
    switch (length) {
      case 0:
        return none
      case 1:
        return [this.value()]
      case 2:
        return [this.value(), this.value()]
      case 3:
        return [this.value(), this.value(), this.value()]
      default: {
        const all = new Array<unknown>(length)
        for (let at = 0; at < length; at++) all[at] = this.value()
        return all
      }
    }
  }

  value(): unknown {
    const number = this.#number()
    const rest = number >>> 2
    switch (number & 3) {
      case small:
        return rest
      case literal:
        return this.#literals[rest]
      case list:
        return this.#list(rest)
      default:
        return this.#makers[rest]?.(this)
    }
  }
}

/** Whatever JSON can hold, as bytes with a buffer of their own. */
export const packed = (value: unknown): Uint8Array<ArrayBuffer> => {
  const writer = new Writer()
  writer.value(value)
  return writer.bytes()
}

/** Throws where the bytes are no such thing. */
export const unpacked = (bytes: Uint8Array): unknown => new Reader(bytes).value()
