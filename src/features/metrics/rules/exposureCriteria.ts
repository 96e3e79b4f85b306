import { asObject, isObject, type JsonObject } from '../../../platform/json.ts'
import { parseActionId, readSource, type SourceValues, writeSource } from './metricSource.ts'
import { asSentence, type Part, type Parts, Unreadable, writeParts } from './parts.ts'

// Who counts as exposed (results.md 3): the column `exposure_criteria` as typed values, and back.

export type MultipleVariantHandling = 'exclude' | 'first_seen'

/** What makes a person exposed. The flag's own call, if both names are null. */
interface ExposureEvents {
  event: string | null
  actionId: number | null
  filters: readonly unknown[]
}

export interface ExposureValues {
  events: ExposureEvents
  filterTestAccounts: boolean
  multipleVariants: MultipleVariantHandling
  activation: SourceValues | null
}

/** The event of the flag's own call. */
const flagCall = '$feature_flag_called'
const handlings: readonly MultipleVariantHandling[] = ['exclude', 'first_seen']
const ownCall: ExposureEvents = { event: null, actionId: null, filters: [] }

const exposureParts: Parts<ExposureValues> = {
  events: { keys: ['exposure_config'], read: readEvents, write: writeEvents },
  filterTestAccounts: {
    keys: ['filterTestAccounts'],
    read: ({ filterTestAccounts }) => {
      if (filterTestAccounts != null && typeof filterTestAccounts !== 'boolean') {
        throw new Unreadable('`filterTestAccounts` must be true or false')
      }
      return filterTestAccounts ?? true
    },
    write: (filterTestAccounts) => ({ filterTestAccounts }),
  },
  multipleVariants: {
    keys: ['multiple_variant_handling'],
    read: ({ multiple_variant_handling: stored }) => {
      const handling = handlings.find((known) => known === (stored ?? 'exclude'))
      if (handling === undefined) throw new Unreadable(`\`multiple_variant_handling\` must be one of ${handlings.join(', ')}`)
      return handling
    },
    write: (handling) => ({ multiple_variant_handling: handling }),
  },
  activation: {
    keys: ['activation_config'],
    read: ({ activation_config: config }) => (config == null ? null : readSource(config, 'activation_config')),
    write: (activation, base) => {
      if (activation === null) return {}
      const node = writeSource(activation, base.activation_config)
      return { activation_config: node.kind === 'EventsNode' ? { ...node, kind: eventKind, properties: node.properties ?? [] } : node }
    },
  },
} satisfies { [Name in keyof ExposureValues]: Part<ExposureValues[Name]> }

const defaults: ExposureValues = { events: ownCall, filterTestAccounts: true, multipleVariants: 'exclude', activation: null }

/** Reads the stored criteria. What types cannot say is shown as its default, and told as a problem. */
export function readExposure(stored: unknown): ExposureValues & { problem: string | null } {
  if (stored != null && !isObject(stored)) return { ...defaults, problem: 'The criteria must be an object.' }
  const fields = asObject(stored) ?? {}
  const problems: string[] = []
  const read = <Name extends keyof ExposureValues>(name: Name): ExposureValues[Name] => {
    try {
      return exposureParts[name].read(fields)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      problems.push(asSentence(error.message))
      return defaults[name]
    }
  }
  return {
    events: read('events'),
    filterTestAccounts: read('filterTestAccounts'),
    multipleVariants: read('multipleVariants'),
    activation: read('activation'),
    problem: problems.length === 0 ? null : problems.join(' '),
  }
}

/** Returns the criteria to store. What types cannot say of the stored ones stays. */
export function writeExposure(values: ExposureValues, stored: unknown): JsonObject {
  return writeParts(exposureParts, values, asObject(stored) ?? {})
}

const eventKind = 'ExperimentEventExposureConfig'

function readEvents({ exposure_config: config }: JsonObject): ExposureEvents {
  if (config == null) return ownCall
  const { kind, event, id, properties } = asObject(config) ?? {}
  const filters = properties ?? []
  if (!Array.isArray(filters)) throw new Unreadable('in `exposure_config`, `properties` must be a list')
  if (kind === 'ActionsNode') {
    const actionId = parseActionId(id)
    if (actionId === null) throw new Unreadable('in `exposure_config`, `id` must be the number of an action')
    return { event: null, actionId, filters }
  }
  if ((kind ?? eventKind) === eventKind || kind === 'EventsNode') {
    if (typeof event === 'string' && event !== '') return { event: event === flagCall ? null : event, actionId: null, filters }
    throw new Unreadable('in `exposure_config`, `event` must be a text')
  }
  throw new Unreadable(`in \`exposure_config\`, the kind ${JSON.stringify(kind)} is not known`)
}

function writeEvents({ event, actionId, filters }: ExposureEvents, { exposure_config: base }: JsonObject): JsonObject {
  if (event === null && actionId === null && filters.length === 0) return {}
  const subject = actionId === null ? { kind: eventKind, event: event ?? flagCall } : { kind: 'ActionsNode', id: actionId }
  // Of a configuration of the same events, unknown keys stay.
  const stored = asObject(base) ?? {}
  const isSame = Object.entries(subject).every(([key, value]) => stored[key] === value)
  return { exposure_config: { ...(isSame ? stored : {}), ...subject, properties: [...filters] } }
}
