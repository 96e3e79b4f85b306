import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/platform/config.ts'
import { createAddressReader } from '../../../src/server/limits/clientAddress.ts'
import { listen } from '../../support/listen.ts'
import { sendFrom } from '../../support/sendFrom.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

const { anonymousLimitPerMinute } = readConfig({})
const query = '{ __typename }'

/** How many of the answers have each status. */
function count(statuses: (number | undefined)[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(statuses, String)].map(([status, all]) => [status, all.length]))
}

describe('requests without a valid key', async () => {
  const tested = await testServer()
  const { key } = await seedTenant(tested.db)
  const serve = (settings = {}) => listen(tested.serverOn(tested, { anonymousLimitPerMinute, ...settings }))
  const sendMany = async (times: number, url: string, headers: (n: number) => Record<string, string> = () => ({}), text = query) => {
    const statuses: (number | undefined)[] = []
    for (let n = 0; n < times; n++) statuses.push((await sendFrom('127.0.0.1', url, text, headers(n))).status)
    return count(statuses)
  }

  it('are counted for each address', async () => {
    const url = await serve()
    expect(await sendMany(70, url)).toEqual({ 200: 60, 429: 10 })
    const refused = await sendFrom('127.0.0.1', url, query)
    expect(refused.answer).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED', retryAfter: 60 } }] })
    expect(refused.headers).toMatchObject({
      'retry-after': '60',
      'ratelimit-limit': '60',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '60',
    })
    expect((await sendFrom('127.0.0.2', url, query)).status).toBe(200)
    expect((await sendFrom('127.0.0.1', url, query, { authorization: `Bearer ${key}` })).status).toBe(200)
  })

  it('are let in again a minute later', async () => {
    const url = await serve({ anonymousLimitPerMinute: 1 })
    expect(await sendMany(2, url)).toEqual({ 200: 1, 429: 1 })
    tested.time.now = new Date(tested.time.now.getTime() + 60_000)
    expect(await sendMany(2, url)).toEqual({ 200: 1, 429: 1 })
  })

  it.each([
    ['with wrong keys', (n: number) => ({ authorization: `Bearer phx_wrong${n}` }), query],
    ['that do not parse', () => ({}), '{ viewer {'],
    ['that do not parse, with wrong keys', (n: number) => ({ authorization: `Bearer phx_wrong${n}` }), '{ viewer {'],
    ['that are not valid', () => ({}), '{ nothing }'],
    ['that are not valid, with wrong keys', (n: number) => ({ authorization: `Bearer phx_wrong${n}` }), '{ nothing }'],
  ])('are counted, also those %s', async (_which, headers, text) => {
    const url = await serve({ anonymousLimitPerMinute: 3 })
    const statuses = await sendMany(5, url, headers, text)
    expect(statuses['429']).toBe(2)
    expect((await sendFrom('127.0.0.1', url, query)).status).toBe(429)
  })

  it('are not what invalid operations of a valid key count as', async () => {
    const url = await serve({ anonymousLimitPerMinute: 2, rateLimitPerMinute: 4 })
    expect((await sendMany(6, url, () => ({ authorization: `Bearer ${key}` }), '{ nothing }'))['429']).toBe(2)
    expect((await sendFrom('127.0.0.1', url, query)).status).toBe(200)
  })

  it('without a trusted proxy cannot choose their address', async () => {
    const url = await serve()
    expect(await sendMany(70, url, (n) => ({ 'x-forwarded-for': `10.0.0.${n}` }))).toEqual({ 200: 60, 429: 10 })
  })

  it('behind trusted proxies have the address that the first of them saw', async () => {
    const url = await serve({ trustedProxies: ['127.0.0.1', '192.168.0.0/16'] })
    // The client forges the first address. The proxies add the next two.
    const forged = (n: number) => ({ 'x-forwarded-for': `10.0.0.${n}, 203.0.113.7, 192.168.3.4` })
    expect(await sendMany(70, url, forged)).toEqual({ 200: 60, 429: 10 })
    expect(await sendMany(2, url, () => ({ 'x-forwarded-for': '203.0.113.8, 192.168.3.4' }))).toEqual({ 200: 2 })
    // Not through a proxy.
    expect((await sendFrom('127.0.0.2', url, query, { 'x-forwarded-for': '203.0.113.7' })).status).toBe(200)
  })
})

describe('the address of a client', () => {
  const address = (remoteAddress: string, forwarded = '', trusted: string[] | null = ['::1', '10.0.0.0/8', 'fd00::/8']) => {
    const req = { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }
    return createAddressReader(trusted)({ req } as never)
  }

  it.each([
    ['an IPv4 address', '203.0.113.7', '', '203.0.113.7'],
    ['an IPv4 address that is mapped into IPv6', '::ffff:203.0.113.7', '', '203.0.113.7'],
    ['the network of an IPv6 address', '2001:db8:1:2:aaaa:bbbb:cccc:dddd', '', '2001:db8:1:2::/64'],
    ['the network of a short IPv6 address', '2001:db8::1', '', '2001:db8:0:0::/64'],
    ['what a proxy says', '10.1.2.3', '203.0.113.7', '203.0.113.7'],
    ['what a proxy on IPv6 says', '::1', '2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['the proxy itself, if it says nothing', '10.1.2.3', '', '10.1.2.3'],
    ['the last trusted one before nonsense', '10.1.2.3', '203.0.113.7, nonsense, 10.9.9.9', '10.9.9.9'],
    ['the first, if all are trusted', '10.1.2.3', '10.0.0.1, 10.0.0.2', '10.0.0.1'],
  ])('is %s', (_what, remote, forwarded, expected) => {
    expect(address(remote, forwarded)).toBe(expected)
  })

  it('is the same for all requests without a socket', () => {
    expect(createAddressReader(null)({})).toBe(createAddressReader(['10.0.0.1'])({}))
  })
})
