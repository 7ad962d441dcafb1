// graphile-worker, as programs.py asks for it.
import { makeWorkerUtils, run, runMigrations, runOnce, Logger } from 'graphile-worker'
import { closed, now, serve, told } from './protocol.mjs'

const logger = new Logger(() => () => {})
const inside = (path) =>
  import(new URL(`./node_modules/graphile-worker/dist/${path}`, import.meta.url))
const noop = async () => {}

const install = (url) => runMigrations({ connectionString: url, logger })

const fill = async (url, { jobs }) => {
  const utils = await makeWorkerUtils({ connectionString: url, logger })
  for (let first = 0; first < jobs; first += 1000) {
    const length = Math.min(1000, jobs - first)
    await utils.addJobs(
      Array.from({ length }, (_, n) => ({ identifier: 'noop', payload: { number: first + n } }))
    )
  }
  await utils.release()
}

const drain = async (url, { worker }) => {
  let done = 0
  const options = {
    connectionString: url,
    logger,
    noHandleSignals: true,
    taskList: { noop: async () => { done += 1 } },
    preset: { worker }
  }
  await told()
  const begun = now()
  await runOnce(options)
  return { done, seconds: now() - begun }
}

const listen = async (url) => {
  const seen = {}
  const runner = await run({
    connectionString: url,
    logger,
    noHandleSignals: true,
    taskList: { noop: async ({ number }) => { seen[number] = now() } }
  })
  await closed()
  await runner.stop()
  return seen
}

// The claim has no public entry of its own: it is the function that the worker calls.
const claim = async (url, { rounds, batch, seconds, flags }) => {
  const { getUtilsAndReleasersFromOptions } = await inside('lib.js')
  const { batchGetJobs } = await inside('sql/getJobs.js')
  const [compiled, release] = await getUtilsAndReleasersFromOptions({
    connectionString: url,
    logger,
    taskList: { noop }
  })
  const claims = []
  const end = now() + seconds
  while (claims.length < rounds && now() < end) {
    const begun = now()
    const found = await batchGetJobs(
      compiled, compiled.withPgClient, { noop }, 'bench', flags, batch
    )
    claims.push([now() - begun, found.length])
  }
  await release()
  return claims
}

await serve({ install, fill, drain, listen, claim })
