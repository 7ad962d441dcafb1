// What the programs for npm's peers share; see programs.py for what they are asked.
import { createInterface } from 'node:readline'

// Seconds on the monotonic clock that all processes share.
export const now = () => Number(process.hrtime.bigint()) / 1e9

const lines = createInterface({ input: process.stdin })
const line = new Promise((resolve) => lines.once('line', resolve))
const end = new Promise((resolve) => lines.once('close', resolve))

const ready = () => console.log('ready')

// Says that it is ready, and waits for a line.
export const told = () => (ready(), line)

// Says that it is ready, and waits until standard input is closed.
export const closed = () => (ready(), end)

// Runs the mode that the command line names; prints what it returns.
export const serve = async (modes) => {
  const [mode, url, options] = process.argv.slice(2)
  const said = await modes[mode](url, JSON.parse(options))
  process.stdout.write(JSON.stringify(said ?? null), () => process.exit(0))
}
