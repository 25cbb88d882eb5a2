/** The `git` binary, without a shell. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { ToolError } from '../../model/error.ts'
import { noteGit, spoilSights } from '../sights.ts'
import { answerText, argumentsFor, environmentFor, type GitAnswer } from './command.ts'

type Started = { readonly child: ChildProcessWithoutNullStreams; readonly ended: Promise<Omit<GitAnswer, 'stdout'>> }

/** Starts git in `cwd`; what it is asked is noted by who asks. `ended` rejects with `no-git` when it cannot be started. */
export const startGit = (cwd: string, parameters: readonly string[]): Started => {
  const child = spawn('git', argumentsFor(parameters), { cwd, env: environmentFor(process.env), stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
  const errors: Buffer[] = []
  child.stderr.on('data', (part: Buffer) => errors.push(part))
  // git may end before it has read everything; its exit code tells why.
  child.stdin.on('error', () => {})
  const ended = new Promise<Omit<GitAnswer, 'stdout'>>((done, fail) => {
    child.on('error', (error) => {
      spoilSights()
      fail(
        new ToolError('no-git', `git could not be started in ${cwd}: ${error.message}.`, {
          help: 'Install git, or run without the flags that compare with a ref.',
          cause: error,
        }),
      )
    })
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
  const answer: GitAnswer = { ...(await ended), stdout: Buffer.concat(out) }
  noteGit({ cwd, parameters, input: '' }, answerText(answer))
  return answer
}

/** The output of a run that succeeded. Throws `git-failed` (exit 3) with git's own words. */
export const outputOf = (parameters: readonly string[], { code, stdout, stderr }: GitAnswer): Buffer => {
  if (code === 0) return stdout
  throw new ToolError('git-failed', `git ${parameters[0]} failed: ${stderr.split('\n')[0] ?? `exit ${code}`}`, { exit: 3 })
}
