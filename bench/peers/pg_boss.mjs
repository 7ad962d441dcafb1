// pg-boss, as programs.py asks for it.
import { PgBoss } from 'pg-boss'
import { closed, now, serve, told } from './protocol.mjs'

const open = async (url) => {
  const boss = new PgBoss({ connectionString: url, useListenNotify: true })
  boss.on('error', (error) => console.error(error))
  await boss.start()
  return boss
}

const install = async (url) => {
  const boss = await open(url)
  await boss.createQueue('noop', { notify: true })
  await boss.stop()
}

const fill = async (url, { jobs }) => {
  const boss = await open(url)
  for (let first = 0; first < jobs; first += 1000) {
    const length = Math.min(1000, jobs - first)
    await boss.insert(
      'noop',
      Array.from({ length }, (_, n) => ({ data: { number: first + n } }))
    )
  }
  await boss.stop()
}

// A graceful stop waits until what was handled is completed.
const drain = async (url, { jobs, worker }) => {
  const boss = await open(url)
  await told()
  const begun = now()
  let done = 0
  await new Promise((resolve) => {
    boss.work('noop', worker, async (batch) => {
      done += batch.length
      if (done >= jobs) resolve()
    })
  })
  await boss.offWork('noop', { wait: true })
  const seconds = now() - begun
  await boss.stop()
  return { done, seconds }
}

const listen = async (url) => {
  const boss = await open(url)
  const seen = {}
  await boss.work('noop', async (jobs) => {
    for (const job of jobs) seen[job.data.number] = now()
  })
  await closed()
  await boss.stop()
  return seen
}

const claim = async (url, { rounds, batch, seconds }) => {
  const boss = await open(url)
  const claims = []
  const end = now() + seconds
  while (claims.length < rounds && now() < end) {
    const begun = now()
    const found = await boss.fetch('noop', { batchSize: batch, groupConcurrency: 1 })
    claims.push([now() - begun, found.length])
  }
  await boss.stop()
  return claims
}

await serve({ install, fill, drain, listen, claim })
