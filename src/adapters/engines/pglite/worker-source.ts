/**
 * The program of a worker thread that holds one PGlite. It is a text, and CommonJS, so that it runs alike from the sources, from the bundle and from the library, with
 * no file of its own to be found. It answers requests `{ id, wire }` (bytes of PostgreSQL's protocol) and `{ id, dump }` (a tar archive of the data directory).
 */
export const workerSource = `
'use strict'
const { parentPort, workerData } = require('node:worker_threads')
const { pglite, extensions, stubs, image, wasm, startParams, initDbStartParams } = workerData

const folder = '/pglite/share/postgresql/extension/'

const open = async () => {
  const { PGlite } = require(pglite)
  const database = new PGlite({
    extensions: Object.fromEntries(extensions.map(({ path, name }) => [name, require(path)[name]])),
    startParams,
    initDbStartParams,
    ...(wasm ? { pgliteWasmModule: wasm } : {}),
    ...(image ? { loadDataDir: new Blob([image]) } : {}),
  })
  await database.waitReady
  for (const { file, text } of stubs) database.Module.FS.writeFile(folder + file, text)
  return database
}

const concat = (parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

const work = {
  async wire(database, bytes) {
    const parts = []
    await database.execProtocolRawStream(bytes, { syncToFs: false, onRawData: (part) => parts.push(part.slice()) })
    return concat(parts)
  },
  async dump(database) {
    return new Uint8Array(await (await database.dumpDataDir('none')).arrayBuffer())
  },
}

const opened = open()
opened.then(
  () => parentPort.postMessage({ id: 0, bytes: new Uint8Array() }),
  (error) => parentPort.postMessage({ id: 0, fault: String(error && error.message || error) }),
)

parentPort.on('message', async ({ id, kind, bytes }) => {
  try {
    const answer = await work[kind](await opened, bytes)
    parentPort.postMessage({ id, bytes: answer }, [answer.buffer])
  } catch (error) {
    parentPort.postMessage({ id, fault: String(error && error.message || error) })
  }
})
`
