/** The program of a worker thread that makes trees: an entry of its own in the bundle. */
import { constants, getPriority, setPriority } from 'node:os'
import { workerData } from 'node:worker_threads'
import { work } from './work.ts'

/** Nicer by this much than the one who follows: he comes first where there are fewer cores than threads. */
const nicer = 10

// On Linux alone this is about the thread that asks: setpriority(2), "C library/kernel differences".
if (process.platform === 'linux') setPriority(Math.min(getPriority() + nicer, constants.priority.PRIORITY_LOW))
work(workerData)
