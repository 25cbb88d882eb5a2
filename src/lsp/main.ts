/** The language server: diagnostics, hovers and code actions for migrations while they are being written, over standard input and output. */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type CancellationToken,
  CodeActionKind,
  type Connection,
  createConnection,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  LSPErrorCodes,
  MarkupKind,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { actionsAt, explainCommand } from './actions.ts'
import type { Judged } from './analysis.ts'
import { createDesk, isOurs } from './desk.ts'
import { diagnosticsOf, rangeOf, shownFindings } from './diagnostics.ts'
import { explained } from './explain.ts'
import { hoverText } from './hover.ts'
import { pathOf } from './places.ts'
import { createProjects, type OpenWorld } from './projects.ts'

export type Serving = {
  readonly version: string
  readonly openWorld: OpenWorld
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
  /** Standard error: the only place for what the protocol has no word for. */
  log(text: string): void
  now(): number
}

/** Milliseconds of silence after a keystroke before a file is judged. */
const pause = 250

const watched = ['**/*.sql', '**/meta/_journal.json', '**/drizzle.config.*', '**/pgstrata.config.*', '**/pgstrata.profile.json', '**/.git/{HEAD,FETCH_HEAD}']

const isConfig = (uri: string): boolean => /\/(drizzle|pgstrata)[.][^/]*$/.test(uri)

/** What the client can do, and what it was started with. */
type Client = {
  readonly roots: readonly string[]
  readonly related: boolean
  readonly versioned: boolean
  readonly creates: boolean
  readonly watches: boolean
  readonly folders: boolean
  readonly shows: boolean
  readonly markdown: boolean
  readonly docs: string | undefined
}

const docsOf = (options: unknown): string | undefined => {
  const docs = typeof options === 'object' && options !== null && 'docs' in options ? options.docs : undefined
  return typeof docs === 'string' && /^https?:\/\//i.test(docs) ? docs.replace(/\/+$/, '') : undefined
}

const rootsOf = ({ workspaceFolders, rootUri }: InitializeParams): readonly string[] =>
  (workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : [])).flatMap((uri) => pathOf(uri) ?? [])

const clientOf = (params: InitializeParams): Client => {
  const { textDocument, workspace, window } = params.capabilities
  return {
    roots: rootsOf(params),
    related: textDocument?.publishDiagnostics?.relatedInformation === true,
    versioned: workspace?.workspaceEdit?.documentChanges === true,
    creates: workspace?.workspaceEdit?.resourceOperations?.includes('create') === true,
    watches: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    folders: workspace?.workspaceFolders === true,
    shows: window?.showDocument?.support === true,
    markdown: textDocument?.hover?.contentFormat?.includes(MarkupKind.Markdown) !== false,
    docs: docsOf(params.initializationOptions),
  }
}

const capabilities = (version: string): InitializeResult => ({
  serverInfo: { name: 'pgstrata', version },
  capabilities: {
    positionEncoding: 'utf-16',
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
    hoverProvider: true,
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
    executeCommandProvider: { commands: [explainCommand] },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  },
})

const assertWanted = (token: CancellationToken): void => {
  if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled')
}

const wordsOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

/** The server's part of the conversation; the library's part is to end the process when the client says so, or is gone. */
const converse = (connection: Connection, { version, openWorld, log, now }: Serving): void => {
  let client = clientOf({ processId: null, rootUri: null, capabilities: {} })
  let roots: readonly string[] = []
  const documents = new TextDocuments(TextDocument)
  const projects = createProjects(openWorld)
  const desk = createDesk(projects, () => roots)
  const waiting = new Map<string, AbortController>()

  /** Answers undefined where a bug was met: it is told on standard error, and the next keystroke is another try. */
  const judgedOf = async (document: TextDocument): Promise<Judged | undefined> => (await desk.analysis(document)).judged

  const publish = async (uri: string): Promise<void> => {
    const document = documents.get(uri)
    if (!document || !isOurs(document)) return
    const { version: of } = document
    const analysis = await desk.analysis(document)
    if (documents.get(uri)?.version === of) await connection.sendDiagnostics({ uri, version: of, diagnostics: diagnosticsOf(document, analysis, client) })
  }

  const told = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => log(`pgstrata lsp: ${wordsOf(error)}`))
  }

  const publishSoon = async (uri: string): Promise<void> => {
    waiting.get(uri)?.abort()
    const own = new AbortController()
    waiting.set(uri, own)
    const waited = await sleep(pause, true, { signal: own.signal }).catch(() => false)
    if (!waited) return
    waiting.delete(uri)
    await publish(uri)
  }

  const publishAll = (): void => {
    for (const { uri } of documents.all()) told(publish(uri))
  }

  const filesChanged = (): void => {
    projects.forgetFiles()
    desk.renew()
    publishAll()
  }

  const everythingChanged = async (): Promise<void> => {
    await projects.forgetAll()
    desk.renew()
    publishAll()
  }

  connection.onInitialize((params) => {
    client = clientOf(params)
    roots = client.roots
    return capabilities(version)
  })
  connection.onInitialized(() => {
    if (client.watches) told(connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: watched.map((globPattern) => ({ globPattern })) }))
    if (client.folders)
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.flatMap(({ uri }) => pathOf(uri) ?? []))
        roots = [...roots.filter((root) => !gone.has(root)), ...added.flatMap(({ uri }) => pathOf(uri) ?? [])]
        told(everythingChanged())
      })
  })
  connection.onDidChangeConfiguration(() => told(everythingChanged()))
  connection.onDidChangeWatchedFiles(({ changes }) => (changes.some(({ uri }) => isConfig(uri)) ? told(everythingChanged()) : filesChanged()))

  documents.onDidOpen(({ document }) => {
    // Who watches no files would not hear of a migration that was generated since.
    if (!client.watches) projects.forgetFiles()
    told(publish(document.uri))
  })
  documents.onDidChangeContent(({ document }) => told(publishSoon(document.uri)))
  documents.onDidSave(({ document }) => {
    if (isOurs(document)) filesChanged()
  })
  documents.onDidClose(({ document: { uri } }) => {
    waiting.get(uri)?.abort()
    waiting.delete(uri)
    desk.close(uri)
    told(connection.sendDiagnostics({ uri, diagnostics: [] }))
  })

  connection.onHover(async ({ textDocument, position }, token) => {
    const document = documents.get(textDocument.uri)
    if (!document || !isOurs(document)) return null
    const judged = await judgedOf(document)
    assertWanted(token)
    const offset = document.offsetAt(position)
    const statement = judged?.script.statements.find(({ start, end }) => start.offset <= offset && offset <= end.offset)
    const text = judged && statement && hoverText(judged, statement.index)
    if (!statement || text === undefined) return null
    return { contents: { kind: client.markdown ? MarkupKind.Markdown : MarkupKind.PlainText, value: text }, range: rangeOf(document, statement) }
  })

  connection.onCodeAction(async ({ textDocument, range, context }, token) => {
    const document = documents.get(textDocument.uri)
    const wanted = context.only === undefined || context.only.some((kind) => kind === '' || CodeActionKind.QuickFix === kind)
    if (!document || !isOurs(document) || !wanted) return []
    const judged = await judgedOf(document)
    assertWanted(token)
    if (!judged) return []
    return actionsAt({ document, judged, now: now(), versioned: client.versioned, creates: client.creates }, shownFindings(document, judged, client), range)
  })

  connection.onExecuteCommand(async ({ command, arguments: given = [] }) => {
    const rule: unknown = given[0]
    const text = command === explainCommand && typeof rule === 'string' ? explained(rule) : undefined
    if (text === undefined) return null
    if (client.docs !== undefined && client.shows) told(connection.window.showDocument({ uri: `${client.docs}/rules/${rule}`, external: true }))
    else told(Promise.resolve(connection.window.showInformationMessage(text)))
    return text
  })

  documents.listen(connection)
}

/** The messages of a client. The library's reader stops at a header that is none, and would leave what came with it until more comes. */
const messagesFrom = (input: NodeJS.ReadStream): StreamMessageReader => {
  const reader = new StreamMessageReader(input)
  reader.onError(() => setImmediate(() => input.emit('data', Buffer.alloc(0))))
  return reader
}

/** Serves one client until it goes; the process ends with it. Exit code 0 after `shutdown` and `exit`, 1 when the client has just gone. */
export const serve = (serving: Serving): Promise<never> => {
  const connection = createConnection(messagesFrom(serving.input), new StreamMessageWriter(serving.output))
  let isShut = false
  connection.onShutdown(() => {
    isShut = true
  })
  const leave = (): never => process.exit(isShut ? 0 : 1)
  serving.input.once('end', leave).once('close', leave)
  converse(connection, serving)
  connection.listen()
  return new Promise(() => undefined)
}
