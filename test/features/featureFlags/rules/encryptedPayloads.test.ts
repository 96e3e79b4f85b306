import { describe, expect, it } from 'vitest'
import type { FeatureFlag } from '../../../../src/database/generated/client.ts'
import {
  redactFilters,
  redactValues,
  restoreEncryptedPayloads,
  validateEncryptedPayloads,
} from '../../../../src/features/featureFlags/rules/encryptedPayloads.ts'
import { encryptedPlaceholder } from '../../../../src/platform/secrets/encryptedPayload.ts'

// Encrypted payloads are never shown, and stay as they are.

const flag = (filters: unknown, hasEncryptedPayloads = true) => ({ hasEncryptedPayloads, filters }) as FeatureFlag
const groups = [{ properties: [] }]
const hidden = encryptedPlaceholder

describe('filters are shown', () => {
  it.each<[string, unknown, boolean, unknown]>([
    ['without the payloads', { groups, payloads: { a: 's1', b: 's2' } }, true, { groups, payloads: { a: hidden, b: hidden } }],
    ['without malformed payloads', { payloads: ['s1'] }, true, { payloads: { 0: hidden } }],
    ['as they are without payloads', { groups }, true, { groups }],
    ['as they are where there are no payloads', { payloads: null }, true, { payloads: null }],
    ['as they are where the payloads are text', { payloads: 's' }, true, { payloads: 's' }],
    ['as they are where they are malformed', 'x', true, 'x'],
    ['as they are where nothing is encrypted', { payloads: { a: '1' } }, false, { payloads: { a: '1' } }],
  ])('%s', (_name, filters, isEncrypted, expected) => {
    expect(redactFilters(flag(filters, isEncrypted))).toEqual(expected)
  })
})

describe('changed values are shown', () => {
  it.each<[string, Parameters<typeof redactValues>[1], boolean, object]>([
    ['without the payloads', { active: true, 'filters.payloads': { a: 's' } }, true, { active: true, 'filters.payloads': { a: hidden } }],
    ['without malformed payloads', { 'filters.payloads': ['s'] }, true, { 'filters.payloads': { 0: hidden } }],
    ['as they are without payloads', { active: true }, true, { active: true }],
    ['as they are where the payloads go', { 'filters.payloads': null }, true, { 'filters.payloads': null }],
    ['as they are where nothing is encrypted', { 'filters.payloads': { a: '1' } }, false, { 'filters.payloads': { a: '1' } }],
  ])('%s', (_name, values, isEncrypted, expected) => {
    expect(redactValues({ hasEncryptedPayloads: isEncrypted }, values)).toEqual(expected)
  })
})

describe('what was shown and is sent back', () => {
  const stored = { groups, payloads: { a: 's1', b: 's2', none: null } }
  it.each<[string, Parameters<typeof restoreEncryptedPayloads>[1], boolean, unknown]>([
    ['is the stored payload', { payloads: { a: hidden, b: hidden } }, true, { payloads: { a: 's1', b: 's2' } }],
    ['leaves the other filters', { groups: [], payloads: { a: hidden } }, true, { groups: [], payloads: { a: 's1' } }],
    ['may be a stored null', { payloads: { none: hidden } }, true, { payloads: { none: null } }],
    ['stays where nothing is stored', { payloads: { c: hidden, toString: hidden } }, true, { payloads: { c: hidden, toString: hidden } }],
    ['stays where it is another value', { payloads: { a: '1' } }, true, { payloads: { a: '1' } }],
    ['stays where there are no payloads', { groups: [] }, true, { groups: [] }],
    ['stays where the payloads are malformed', { payloads: [hidden] }, true, { payloads: [hidden] }],
    ['stays where nothing is encrypted', { payloads: { a: hidden } }, false, { payloads: { a: hidden } }],
  ])('%s', (_name, sent, isEncrypted, expected) => {
    expect(restoreEncryptedPayloads(flag(stored, isEncrypted), sent)).toEqual(expected)
  })

  it('stays where the stored filters are malformed', () => {
    expect(restoreEncryptedPayloads(flag('x'), { payloads: { a: hidden } })).toEqual({ payloads: { a: hidden } })
  })
})

describe('a changed payload is refused', () => {
  const stored = { payloads: { a: 's1', b: { deep: [1] } } }
  it.each<[string, Parameters<typeof validateEncryptedPayloads>[1], boolean, string[]]>([
    ['not where it is the same', { payloads: { a: 's1', b: { deep: [1] } } }, true, []],
    ['not where one is removed', { payloads: { a: 's1' } }, true, []],
    ['where it is another', { payloads: { a: 'x', b: { deep: [2] } } }, true, ['a', 'b']],
    ['where it is new', { payloads: { a: 's1', c: 'x' } }, true, ['c']],
    ['not where nothing is encrypted', { payloads: { a: 'x' } }, false, []],
    ['not where there are no payloads', { groups: [] }, true, []],
    ['not where no filters are sent', undefined, true, []],
  ])('%s', (_name, sent, isEncrypted, refused) => {
    expect(validateEncryptedPayloads(flag(stored, isEncrypted), sent)).toEqual(
      refused.map((key) => ({
        ...{ path: ['filters', 'payloads', key], code: 'invalid_input', message: 'Encrypted payloads cannot be changed here.' },
      })),
    )
  })

  it('where nothing is stored', () => {
    expect(validateEncryptedPayloads(flag({}), { payloads: { a: 'x' } })).toHaveLength(1)
  })
})
