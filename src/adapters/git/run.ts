/** The `git` binary, without a shell. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { ToolError } from '../../model/error.ts'

export type GitAnswer = { readonly code: number; readonly stdout: Buffer; readonly stderr: string }

type Started = { readonly child: ChildProcessWithoutNullStreams; readonly ended: Promise<Omit<GitAnswer, 'stdout'>> }

/** Starts git in `cwd`. `ended` rejects with `no-git` when it cannot be started. */
export const startGit = (cwd: string, parameters: readonly string[]): Started => {
  // Messages are read by this program: no translation, no prompt for a password, no lock files for what only reads.
  const env = { ...process.env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' }
  const child = spawn('git', ['-c', 'core.quotePath=false', ...parameters], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
  const errors: Buffer[] = []
  child.stderr.on('data', (part: Buffer) => errors.push(part))
  // git may end before it has read everything; its exit code tells why.
  child.stdin.on('error', () => {})
  const ended = new Promise<Omit<GitAnswer, 'stdout'>>((done, fail) => {
    child.on('error', (error) =>
      fail(
        new ToolError('no-git', `git could not be started in ${cwd}: ${error.message}.`, {
          help: 'Install git, or run without the flags that compare with a ref.',
          cause: error,
        }),
      ),
    )
    child.on('close', (code) => done({ code: code ?? 1, stderr: Buffer.concat(errors).toString('utf8').trim() }))
  })
  return { child, ended }
}

/** Runs git in `cwd`, without input, and waits for it. Throws `no-git` when it cannot be started. */
export const runGit = async (cwd: string, parameters: readonly string[]): Promise<GitAnswer> => {
  const { child, ended } = startGit(cwd, parameters)
  const out: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stdin.end()
  const { code, stderr } = await ended
  return { code, stdout: Buffer.concat(out), stderr }
}

/** The output of a run that succeeded. Throws `git-failed` (exit 3) with git's own words. */
export const outputOf = (parameters: readonly string[], { code, stdout, stderr }: GitAnswer): Buffer => {
  if (code === 0) return stdout
  throw new ToolError('git-failed', `git ${parameters[0]} failed: ${stderr.split('\n')[0] ?? `exit ${code}`}`, { exit: 3 })
}
