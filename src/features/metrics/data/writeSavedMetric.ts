import type { Transaction } from '../../../database/client.ts'
import type { Prisma, SavedMetric } from '../../../database/generated/client.ts'
import { errorIf, type FieldError } from '../../../platform/fieldError.ts'
import { isObject } from '../../../platform/json.ts'
import { validateStorable } from '../../../platform/storableJson.ts'
import { validateRequiredText, validateText } from '../../../platform/textValidation.ts'
import { normalizeTags, validateLabels } from '../../featureFlags/rules/validateFlag.ts'
import { type Findings, type MetricInput, readMetricInput } from '../rules/metricInput.ts'
import { metricUuid, storeMetric } from '../rules/parseMetric.ts'
import { isStoredAs, statedUuid } from '../rules/storeMetrics.ts'
import { validateReferences } from './unknownNames.ts'

/** The values of a saved metric in an input. What is missing stays as it is. */
export interface SavedMetricInput {
  name?: string | null | undefined
  /** Null clears it. */
  description?: string | null | undefined
  metric?: MetricInput | null | undefined
  tags?: string[] | null | undefined
}

const maxTextLength = 400
const maxMetricBytes = 65_536

/**
 * Reads the values of a saved metric in an input. Its metric may be on any events.
 *
 * @param stored the metric that they change. Null for a new one.
 */
export async function readSavedMetric(
  tx: Transaction,
  projectId: number,
  { name, description, metric, tags }: SavedMetricInput,
  stored: SavedMetric | null,
  newUuid: () => string,
): Promise<{
  fieldErrors: FieldError[]
  values: Partial<Pick<SavedMetric, 'name' | 'description' | 'tags'>> & { query?: Prisma.InputJsonValue }
}> {
  const found: Findings = { fieldErrors: [], references: [] }
  found.fieldErrors.push(
    ...(name == null ? [] : validateRequiredText(['name'], name, maxTextLength)),
    ...validateText(['description'], description, maxTextLength),
    ...validateLabels('tags', tags),
  )
  const storedUuid = stored === null ? null : metricUuid(stored.query)
  let query: unknown
  if (metric != null) {
    const given = readMetricInput(metric, ['metric'], found, (raw) => stored !== null && isStoredAs(raw, [stored.query]))
    const wanted = 'values' in given ? given.uuid : statedUuid(given.raw)
    const uuid = storedUuid ?? wanted ?? newUuid()
    const place = 'values' in given ? [...given.path, 'uuid'] : given.path
    found.fieldErrors.push(...errorIf(storedUuid !== null && wanted !== null && wanted !== storedUuid, place, otherUuidText))
    if (found.fieldErrors.length === 0) {
      if ('values' in given) query = storeMetric(given.values, uuid, stored?.query ?? null)
      else query = isObject(given.raw) && !(stored !== null && isStoredAs(given.raw, [stored.query])) ? { ...given.raw, uuid } : given.raw
      found.fieldErrors.push(...validateStorable(['metric'], query, maxMetricBytes))
      if (stored === null && found.fieldErrors.length === 0) {
        found.fieldErrors.push(...errorIf(await isUuidTaken(tx, projectId, uuid), place, takenUuidText, 'unique'))
      }
    }
  }
  if (found.fieldErrors.length > 0) return { fieldErrors: found.fieldErrors, values: {} }
  if (name != null && name !== stored?.name && (await isNameTaken(tx, projectId, name, stored?.id ?? 0))) {
    found.fieldErrors.push(...errorIf(true, ['name'], 'A saved metric with this name already exists in the project.', 'unique'))
  }
  found.fieldErrors.push(...(await validateReferences(tx, projectId, found.references, null)))
  return {
    fieldErrors: found.fieldErrors,
    values: {
      ...(name == null ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(query === undefined ? {} : { query: query as Prisma.InputJsonValue }),
      ...(tags == null ? {} : { tags: normalizeTags(tags) }),
    },
  }
}

const otherUuidText = 'A saved metric keeps its UUID. Leave it out, or send that of this metric.'
const takenUuidText = 'Another saved metric of the project has this UUID.'

/** Names are unique without regard to case. Writers wait for each other, so that each sees the names of those before it. */
async function isNameTaken(tx: Transaction, projectId: number, name: string, ownId: number): Promise<boolean> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${projectId}::int, hashtext(${`saved metric ${name.toLowerCase()}`}::text))`
  const rows = await tx.$queryRaw<object[]>`
    SELECT id FROM saved_metrics WHERE project_id = ${projectId}::int AND lower(name) = lower(${name}) AND id <> ${ownId}::int LIMIT 1`
  return rows.length > 0
}

async function isUuidTaken(tx: Transaction, projectId: number, uuid: string): Promise<boolean> {
  const rows = await tx.$queryRaw<object[]>`
    SELECT id FROM saved_metrics WHERE project_id = ${projectId}::int AND query ->> 'uuid' = ${uuid} LIMIT 1`
  return rows.length > 0
}

/** The values of a saved metric, as the audit trail shows them. */
export function shownValues({ name, description, query, tags }: SavedMetric): Prisma.InputJsonObject {
  return { name, description, metric: query, tags } as Prisma.InputJsonObject
}
