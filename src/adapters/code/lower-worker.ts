/** The program of a worker thread that makes trees: an entry of its own in the bundle. */
import { workerData } from 'node:worker_threads'
import { work } from './work.ts'

work(workerData)
