import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateApiKey, hashApiKey, maskApiKey, parseBearerToken } from '../../src/auth/apiKey.ts'
import { allScopes, hasScope } from '../../src/auth/scopes.ts'

describe('a new token', () => {
  it('is phx_ and 35 random bytes in base 62', () => {
    for (let count = 0; count < 200; count++) expect(generateApiKey()).toMatch(/^phx_[0-9A-Za-z]{40,48}$/)
  })

  it('is never the same twice', () => {
    expect(new Set(Array.from({ length: 200 }, generateApiKey)).size).toBe(200)
  })
})

describe('what is kept of a token', () => {
  it("is PostHog's hash, so that keys can be moved", () => {
    expect(hashApiKey('test_key_12345')).toBe('sha256$45af89b510a3279a817f851de5d3f95b73485d58ec2672a39e52d8aeeb014059')
  })

  it('shows its first and last four characters', () => {
    expect(maskApiKey('phx_0123456789abcd')).toBe('phx_...abcd')
    expect(maskApiKey(generateApiKey())).toHaveLength(11)
  })
})

describe('the Authorization header', () => {
  it.each([
    ['as everybody writes it', 'Bearer phx_abc'],
    ['with the scheme in small letters', 'bearer phx_abc'],
    ['with the scheme in capitals', 'BEARER phx_abc'],
    ['with blanks before the key', 'Bearer    phx_abc'],
    ['with a tab before the key', 'Bearer\tphx_abc'],
    ['with blanks after the key', 'Bearer phx_abc   '],
  ])('holds a key %s', (_how, header) => {
    expect(parseBearerToken(header)).toBe('phx_abc')
  })

  it.each([
    ['there is no header', null],
    ['it is empty', ''],
    ['there is only the scheme', 'Bearer'],
    ['there is only the scheme and a blank', 'Bearer '],
    ['there is no scheme', 'phx_abc'],
    ['the scheme is another', 'Basic phx_abc'],
    ['nothing stands between scheme and key', 'Bearerphx_abc'],
    ['the scheme is the end of a word', 'XBearer phx_abc'],
    ['there are two words after the scheme', 'Bearer phx_abc phx_def'],
  ])('holds no key when %s', (_what, header) => {
    expect(parseBearerToken(header)).toBeNull()
  })

  it('gives back any token that has no blanks', () => {
    fc.assert(fc.property(fc.stringMatching(/^[!-~]{1,80}$/), (token) => parseBearerToken(`Bearer ${token}`) === token))
  })
})

describe('the scopes of a key', () => {
  it.each([
    ['the scope itself', ['experiment:read'], true],
    ['write, which implies read', ['experiment:write'], true],
    ['everything', ['*'], true],
    ['nothing', [], false],
    ['another object', ['feature_flag:read', 'feature_flag:write'], false],
    ['a star in a place of its own', ['experiment:*', '*:read'], false],
  ])('let experiments be read with %s', (_what, held, allowed) => {
    expect(hasScope(new Set(held), 'experiment:read')).toBe(allowed)
  })

  it('do not let experiments be written with read alone', () => {
    expect(hasScope(new Set(['experiment:read']), 'experiment:write')).toBe(false)
  })

  it('can be every object, to read and to write, and the star', () => {
    expect(allScopes).toContain('*')
    expect(allScopes).toContain('feature_flag:write')
    expect(new Set(allScopes).size).toBe(allScopes.length)
  })
})
