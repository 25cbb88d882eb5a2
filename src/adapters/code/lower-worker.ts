/** The program of a worker thread that makes trees: an entry of its own in the bundle. */
import { setPriority } from 'node:os'
import { workerData } from 'node:worker_threads'
import { work } from './work.ts'

// The one who follows comes first where there are fewer cores than threads. On Linux alone this is about the thread that asks: setpriority(2), "C library/kernel differences".
if (process.platform === 'linux') setPriority(10)
work(workerData)
