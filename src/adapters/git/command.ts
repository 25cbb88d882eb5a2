/** How git is called, and what it answers. */

export type GitAnswer = { readonly code: number; readonly stdout: Buffer; readonly stderr: string }

export const argumentsFor = (parameters: readonly string[]): readonly string[] => ['-c', 'core.quotePath=false', ...parameters]

/** Messages are read by this program: no translation, no prompt for a password, no lock files for what only reads. */
export const environmentFor = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' })

/** All of an answer, to be compared. */
export const answerText = ({ code, stdout, stderr }: GitAnswer): string => `${code}\n${stderr}\n${stdout.toString('latin1')}`
