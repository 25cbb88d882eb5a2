/** Asks an app which version it is: its own address, or a command of the configuration. What is asked may hold a secret, and so may the answer: neither is in a message. */
import { ToolError } from '../model/error.ts'
import type { Question } from '../model/world.ts'
import { printedBy } from './command.ts'

const patience = 5_000
/** A version is short: an answer that is longer is something else. */
const longest = 64 * 1024

const silent = (of: string, why: string): ToolError =>
  new ToolError('app-silent', `The app of ${of} did not say which version it is: ${why}.`, {
    help: `environments.${of}.app of the configuration says how it is asked.`,
    exit: 3,
  })

/** What a body says, up to the length that a version may have. */
const textOf = async (body: ReadableStream<Uint8Array>, of: string): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ''
  for await (const part of body) {
    text += decoder.decode(part, { stream: true })
    if (text.length > longest) throw silent(of, 'its address answers something that is too long to be a version')
  }
  return text + decoder.decode()
}

/** Why an address cannot be asked; `fetch` would say of both alike that it failed. */
const wrongAddress = (url: string): string | undefined => {
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (!address || !/^https?:$/.test(address.protocol)) return 'its address does not begin with http:// or https://'
  return address.username + address.password === '' ? undefined : 'its address has a user or a password in it, which is not sent: use { command } with a header'
}

const fromUrl = async (url: string, of: string, signal: AbortSignal): Promise<string> => {
  const wrong = wrongAddress(url)
  if (wrong !== undefined) throw silent(of, wrong)
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
      headers: { accept: 'application/json, text/plain' },
    })
    if (!response.ok) throw silent(of, `its address answers HTTP ${response.status}`)
    return response.body ? await textOf(response.body, of) : ''
  } catch (error) {
    if (error instanceof ToolError || signal.aborted) throw error
    const late = error instanceof Error && error.name === 'TimeoutError'
    throw silent(of, late ? `its address did not answer within ${patience / 1000} s` : 'its address cannot be reached')
  }
}

const fromCommand = async (command: string, of: string, signal: AbortSignal): Promise<string> => {
  const printed = await printedBy(command, 2 * patience, signal)
  if ('text' in printed) return printed.text
  throw silent(of, `its command failed (${printed.failed})`)
}

/** The whole answer. Throws `app-silent` (exit 3). */
export const askApp = (question: Question, of: string, signal: AbortSignal): Promise<string> =>
  'url' in question ? fromUrl(question.url, of, signal) : fromCommand(question.command, of, signal)
