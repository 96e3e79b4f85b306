import { lookup as resolve } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { UpstreamError } from '../../platform/upstreamError.ts'
import { isPublicAddress } from './publicAddress.ts'
import { maxAnswerBytes } from './readAnswer.ts'

const connectTimeoutMs = 5_000
/** More than the parallel requests of one first copy. */
const connectionsPerHost = 16

/** The connections to the hosts of PostHog. */
export interface Connections {
  agent(): Agent
  /** The origin of a host as people write it. */
  originOf(host: string): string
  close(): Promise<void>
}

/** The settings of all connections. */
export interface ConnectionLimits {
  timeoutSeconds: number
  /** Whether hosts may be private, and speak plain HTTP. */
  allowPrivateHosts: boolean
}

/** Creates an agent that keeps connections open, and connects only to the public internet unless private hosts are allowed. */
export function createConnections({ timeoutSeconds, allowPrivateHosts }: ConnectionLimits): Connections {
  const timeout = timeoutSeconds * 1_000
  const agent = new Agent({
    ...{ connections: connectionsPerHost, pipelining: 1, headersTimeout: timeout, bodyTimeout: timeout, maxResponseSize: maxAnswerBytes },
    connect: allowPrivateHosts ? { timeout: connectTimeoutMs } : publicConnector(),
  })
  return { agent: () => agent, originOf: (host) => toOrigin(host, allowPrivateHosts), close: () => agent.close() }
}

/**
 * The check stands where the connection is made: so it holds for a name that resolves anew, and for each of several addresses. An address that
 * is written as such never reaches the look-up, so it is checked before it.
 */
function publicConnector(): buildConnector.connector {
  const lookup: LookupFunction = (name, options, done) =>
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, [])
      const refused = addresses.find(({ address }) => !isPublicAddress(address))
      if (refused !== undefined || addresses[0] === undefined) return done(addressRefused(name) as unknown as NodeJS.ErrnoException, [])
      if (options.all === true) done(null, addresses)
      else done(null, addresses[0].address, addresses[0].family)
    })
  const connect = buildConnector({ lookup, timeout: connectTimeoutMs })
  return (options, done) => {
    const address = options.hostname.replace(/^\[|\]$/g, '')
    if (isIP(address) !== 0 && !isPublicAddress(address)) return done(addressRefused(address), null)
    connect(options, done)
  }
}

function addressRefused(name: string): UpstreamError {
  return new UpstreamError(
    `The host ${name} has a private address. Links go to the public internet only. LINK_ALLOW_PRIVATE_HOSTS=true allows others.`,
    { kind: 'host_refused' },
  )
}

/**
 * Returns the origin of a host as people write it: with or without `https://`, and with a path of PostHog's page behind it.
 *
 * @throws UpstreamError if it is no host, or may not be used.
 */
export function toOrigin(host: string, allowPrivateHosts: boolean): string {
  const text = host.trim()
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  const url = URL.canParse(withScheme) ? new URL(withScheme) : null
  if (text === '' || url === null || url.hostname === '' || !/^https?:$/.test(url.protocol)) {
    throw new UpstreamError(`'${text.slice(0, 100)}' is not a host. Use an address such as https://eu.posthog.com.`, {
      kind: 'host_refused',
    })
  }
  if (url.username !== '' || url.password !== '') {
    throw new UpstreamError('The host must have no user name and no password. The key is given apart from it.', { kind: 'host_refused' })
  }
  if (url.protocol === 'http:' && !allowPrivateHosts) {
    throw new UpstreamError(
      'The host must use https://, because each request carries the key. LINK_ALLOW_PRIVATE_HOSTS=true allows http:// in a network of your own.',
      { kind: 'host_refused' },
    )
  }
  return url.origin
}
