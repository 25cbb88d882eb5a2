/** Secrets of the config: values of environment variables, or what a command prints. They are read when they are needed and kept nowhere. */
import type { Secret } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import { printedBy } from './command.ts'

type Environment = Readonly<Record<string, string | undefined>>

const patience = 30_000

const fromCommand = async (command: string, what: string): Promise<string> => {
  const printed = await printedBy(command, patience)
  if ('text' in printed) return printed.text
  throw new ToolError('secret-command-failed', `The command that should print the URL of ${what} failed (${printed.failed}).`, {
    help: `Run it by hand: ${command}`,
    exit: 3,
  })
}

/** The secret's value; `what` names its owner in messages. Throws `no-secret`, `secret-command-failed`. */
export const readSecret = async (secret: Secret, what: string, environment: Environment): Promise<string> => {
  const value = secret.from === 'env' ? environment[secret.name] : await fromCommand(secret.command, what)
  if (value) return value
  if (secret.from === 'command')
    throw new ToolError('no-secret', `The command that should print the URL of ${what} printed nothing.`, {
      help: `Run it by hand: ${secret.command}`,
      exit: 3,
    })
  throw new ToolError('no-secret', `The environment variable ${secret.name} with the URL of ${what} is not set.`, {
    help: `Set ${secret.name}, or give --env-file a file that does.`,
    exit: 3,
  })
}
