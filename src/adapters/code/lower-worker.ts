/** The program of a worker thread that reads, scans and lowers files: an entry of its own in the bundle. */
import { parentPort } from 'node:worker_threads'
import { answer, type Question } from './work.ts'

parentPort?.on('message', ({ id, question }: { readonly id: number; readonly question: Question }) => {
  parentPort?.postMessage({ id, answer: answer(question) })
})
