import { expect, it } from 'vitest'
import { closestName } from '../../src/platform/text/closestName.ts'

const known = ['DATABASE_URL', 'PORT', 'LINK_POLL_SECONDS', 'LOG_LEVEL', 'REDIS_URL']

it.each([
  ['DATABSE_URL', 'DATABASE_URL'],
  ['DATABASE_URLS', 'DATABASE_URL'],
  ['LINK_POLL_SECNODS', 'LINK_POLL_SECONDS'],
  ['LOGLEVEL', 'LOG_LEVEL'],
  ['LOG_LVL', 'LOG_LEVEL'],
])('%s probably means %s', (name, meant) => {
  expect(closestName(name, known)).toBe(meant)
})

it.each(['POST', 'HOSTNAME', 'PORTS', 'REDIS_HOST_URL', 'npm_config_loglevel', ''])('%s means nothing of ours', (name) => {
  expect(closestName(name, known)).toBeNull()
})
