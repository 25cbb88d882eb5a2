/** A real client: the built command line as a language server, spoken to over its standard input and output. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import {
  type ClientCapabilities,
  type CodeAction,
  CodeActionRequest,
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  type Hover,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  type InitializeResult,
  type Position,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  type Range,
  RegistrationRequest,
  ShowDocumentRequest,
  ShowMessageRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { program } from '../cli/cli.ts'

const patience = 40_000

export type Asked = { readonly shown: string[]; readonly watched: string[]; readonly messages: string[] }

type Options = { readonly cwd?: string; readonly docs?: string; readonly bare?: boolean; readonly creates?: boolean; readonly args?: readonly string[] }

const capabilitiesOf = (creates: boolean): ClientCapabilities => ({
  workspace: {
    workspaceEdit: { documentChanges: true, ...(creates ? { resourceOperations: ['create'] } : {}) },
    didChangeWatchedFiles: { dynamicRegistration: true },
    workspaceFolders: true,
  },
  textDocument: { publishDiagnostics: { relatedInformation: true }, hover: { contentFormat: ['markdown'] } },
  window: { showDocument: { support: true } },
})

export const startServer = (cwd: string, args: readonly string[] = []): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [program, 'lsp', '--stdio', ...args], { cwd, stdio: 'pipe' })

/** The exit code of a process that ends by itself. */
export const ended = (child: ChildProcessWithoutNullStreams): Promise<number | null> =>
  new Promise((resolve, reject) => {
    if (child.exitCode !== null) return resolve(child.exitCode)
    const timer = setTimeout(() => reject(new Error('the server did not end')), patience)
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolve(code)
    })
  })

/** Starts a server for a folder that the editor has open. */
export const openEditor = async (root: string, { docs, bare = false, creates = false, args = [] }: Options = {}) => {
  const child = startServer(root, args)
  const errors: string[] = []
  child.stderr.on('data', (part: Buffer) => errors.push(part.toString('utf8')))
  const connection: ProtocolConnection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin))
  const published: PublishDiagnosticsParams[] = []
  const asked: Asked = { shown: [], watched: [], messages: [] }
  const listeners = new Set<() => void>()
  connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
    published.push(params)
    for (const listener of listeners) listener()
  })
  connection.onRequest(RegistrationRequest.type, ({ registrations }) => {
    asked.watched.push(...registrations.map(({ method }) => method))
  })
  connection.onRequest(ShowDocumentRequest.type, ({ uri }) => {
    asked.shown.push(uri)
    return { success: true }
  })
  connection.onRequest(ShowMessageRequest.type, ({ message }) => {
    asked.messages.push(message)
    return null
  })
  connection.listen()
  const initialized: InitializeResult = await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: pathToFileURL(root).href,
    workspaceFolders: [{ name: 'root', uri: pathToFileURL(root).href }],
    capabilities: bare ? {} : capabilitiesOf(creates),
    ...(docs === undefined ? {} : { initializationOptions: { docs } }),
  })
  await connection.sendNotification(InitializedNotification.type, {})
  const texts = new Map<string, TextDocument>()

  const diagnosticsFor = (uri: string, version: number, from = 0): Promise<readonly Diagnostic[]> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no diagnostics for ${uri} ${version}\n${errors.join('')}`)), patience)
      const look = () => {
        const found = published.slice(from).findLast((each) => each.uri === uri && each.version === version)
        if (!found) return
        clearTimeout(timer)
        listeners.delete(look)
        resolve(found.diagnostics)
      }
      listeners.add(look)
      look()
    })

  return {
    child,
    connection,
    initialized,
    published,
    asked,
    errors,
    uri: (path: string): string => pathToFileURL(path).href,
    text: (uri: string): TextDocument => texts.get(uri) ?? TextDocument.create(uri, 'sql', 0, ''),
    async open(uri: string, text: string, languageId = 'sql'): Promise<readonly Diagnostic[]> {
      texts.set(uri, TextDocument.create(uri, languageId, 1, text))
      await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId, version: 1, text } })
      return diagnosticsFor(uri, 1)
    },
    /** Opens what gets no diagnostics. */
    async openSilently(uri: string, text: string, languageId: string): Promise<void> {
      await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId, version: 1, text } })
    },
    async change(uri: string, text: string): Promise<readonly Diagnostic[]> {
      const version = (texts.get(uri)?.version ?? 0) + 1
      texts.set(uri, TextDocument.create(uri, 'sql', version, text))
      await connection.sendNotification(DidChangeTextDocumentNotification.type, { textDocument: { uri, version }, contentChanges: [{ text }] })
      return diagnosticsFor(uri, version)
    },
    async save(uri: string): Promise<readonly Diagnostic[]> {
      const from = published.length
      await connection.sendNotification(DidSaveTextDocumentNotification.type, { textDocument: { uri } })
      return diagnosticsFor(uri, texts.get(uri)?.version ?? 0, from)
    },
    close: (uri: string): Promise<void> => connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } }),
    hover: (uri: string, position: Position): Promise<Hover | null> => connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position }),
    async actions(uri: string, range: Range): Promise<readonly CodeAction[]> {
      const found = await connection.sendRequest(CodeActionRequest.type, { textDocument: { uri }, range, context: { diagnostics: [] } })
      return (found ?? []).filter((each): each is CodeAction => 'kind' in each)
    },
    /** The document's text after an action. */
    apply(uri: string, action: CodeAction): string {
      const document = texts.get(uri)
      if (!document) throw new Error(`${uri} is not open`)
      const edits =
        action.edit?.changes?.[uri] ??
        (action.edit?.documentChanges ?? []).flatMap((change) => ('edits' in change && change.textDocument.uri === uri ? change.edits : []))
      return TextDocument.applyEdits(
        document,
        edits.flatMap((edit) => ('newText' in edit ? [edit] : [])),
      )
    },
    /** Writes what an action does to other files to disk, as an editor does that saves all, and tells of it. */
    async writeOthers(uri: string, action: CodeAction): Promise<readonly string[]> {
      const written: string[] = []
      for (const change of action.edit?.documentChanges ?? []) {
        if (!('edits' in change) || change.textDocument.uri === uri) continue
        const path = fileURLToPath(change.textDocument.uri)
        const old = TextDocument.create(change.textDocument.uri, 'sql', 0, existsSync(path) ? readFileSync(path, 'utf8') : '')
        writeFileSync(
          path,
          TextDocument.applyEdits(
            old,
            change.edits.flatMap((edit) => ('newText' in edit ? [edit] : [])),
          ),
        )
        written.push(path)
      }
      await connection.sendNotification('workspace/didChangeWatchedFiles', { changes: written.map((path) => ({ uri: pathToFileURL(path).href, type: 2 })) })
      return written
    },
    async stop(): Promise<number | null> {
      if (child.exitCode !== null) return child.exitCode
      await connection.sendRequest('shutdown')
      await connection.sendNotification('exit')
      return ended(child)
    },
  }
}

export type Editor = Awaited<ReturnType<typeof openEditor>>
