/**
 * The program of the process in which a compiler runs: a text, for it is the same from the sources and from the bundle. It answers one question at a time, and keeps what it made of a
 * project for the next one. The compilers differ in how they are given a file's other text: TypeScript 7 asks for each, the others get it from their host.
 */
export const program = `
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
const { engine, module, root } = JSON.parse(process.argv[1])

// Options that this compiler no longer knows: with them it may resolve imports otherwise than the project means.
const removed = new Set([5102, 5108])
const isError = ({ category }) => category === 1

const native = async () => {
  const { API } = await import(pathToFileURL(module).href)
  let overlay = {}
  let last
  const opened = new Set()
  const api = new API({ cwd: root, fs: { readFile: (path) => overlay[path] } })
  const leaf = ({ text, messageChain }) => (messageChain?.length ? leaf(messageChain.at(-1)) : text)
  const shown = (one) => (one.messageChain?.length ? one.text + ' ' + leaf(one) : one.text)
  return {
    files: async (config) => (await api.parseConfigFile(config)).fileNames,
    async check({ config, texts, of }) {
      const changed = [...new Set([...Object.keys(overlay), ...Object.keys(texts)])]
      overlay = texts
      const snapshot = await api.updateSnapshot({ openProjects: opened.has(config) ? [] : [config], ...(changed.length ? { fileChanges: { changed } } : {}) })
      opened.add(config)
      await last?.dispose()
      last = snapshot
      const { program } = snapshot.getProject(config)
      const held = of ? new Set(await program.getSourceFileNames()) : new Set()
      const options = of ? [...(await program.getConfigFileParsingDiagnostics()), ...(await program.getProgramDiagnostics())] : []
      const errors = (await program.getSemanticDiagnostics()).filter(isError)
      return {
        held: (of ?? []).filter((file) => held.has(file)),
        removed: options.filter(({ code }) => removed.has(code)).map(({ text }) => text),
        errors: errors.flatMap((one) => (one.fileName ? [{ file: one.fileName, start: one.pos, code: one.code, message: shown(one) }] : [])),
      }
    },
    async close(config) {
      opened.delete(config)
      await api.updateSnapshot({ closeProjects: [config] })
    },
  }
}

const classic = async () => {
  const ts = createRequire(module)(module)
  const projects = new Map()
  let overlay = {}
  const system = { ...ts.sys, readFile: (path, encoding) => overlay[path] ?? ts.sys.readFile(path, encoding) }
  const forced = { noEmit: true, skipLibCheck: true, incremental: false, composite: false, declaration: false, declarationMap: false, tsBuildInfoFile: undefined }
  const parse = (config) => ts.getParsedCommandLineOfConfigFile(config, forced, { ...ts.sys, onUnRecoverableConfigFileDiagnostic() {} })
  const shown = ({ messageText }) => {
    const leaf = (message) => (message.next?.length ? leaf(message.next.at(-1)) : message.messageText)
    if (typeof messageText === 'string') return messageText
    return messageText.next?.length ? messageText.messageText + ' ' + leaf(messageText) : messageText.messageText
  }
  const open = (config) => {
    const { fileNames, options } = parse(config)
    const host = ts.createIncrementalCompilerHost(options, system)
    const read = host.getSourceFile.bind(host)
    const sources = new Map()
    // What nobody changes is read once.
    host.getSourceFile = (path, ...rest) => {
      if (overlay[path] !== undefined) return read(path, ...rest)
      if (!sources.has(path)) sources.set(path, read(path, ...rest))
      return sources.get(path)
    }
    return { fileNames, options, host, base: undefined }
  }
  return {
    files: async (config) => parse(config)?.fileNames ?? [],
    async check({ config, texts, of }) {
      overlay = texts
      const project = projects.get(config) ?? open(config)
      projects.set(config, project)
      const builder = ts.createSemanticDiagnosticsBuilderProgram(project.fileNames, project.options, project.host, project.base)
      const errors = builder.getSemanticDiagnostics().filter(isError)
      project.base ??= builder
      return {
        held: (of ?? []).filter((file) => builder.getSourceFile(file)),
        removed: of ? builder.getOptionsDiagnostics().filter(({ code }) => removed.has(code)).map(shown) : [],
        errors: errors.flatMap((one) => (one.file ? [{ file: one.file.fileName, start: one.start ?? 0, code: one.code, message: shown(one) }] : [])),
      }
    },
    async close(config) {
      projects.delete(config)
    },
  }
}

process.on('disconnect', () => process.exit(0))
const compiler = engine === 'typescript-7' ? native() : classic()
process.on('message', async ({ id, ask, about }) => {
  try {
    process.send({ id, answer: await (await compiler)[ask](about) })
  } catch (error) {
    process.send({ id, error: String(error?.message ?? error) })
  }
})
`
