import type { InputShapeFromFields } from '@pothos/core'
import { boundedText } from '../../graphql/argumentLimits.ts'
import { builder } from '../../graphql/builder.ts'
import { BadUserInputError } from '../../graphql/errors.ts'
import { asObject, isDeeperThan, type JsonObject } from '../../platform/json.ts'
import { cutId } from './rules/hash.ts'
import type { Subject } from './rules/subject.ts'

/** How large the JSON of one argument may be, in bytes of UTF-8. */
const maxBytes = 65_536
const maxDepth = 20

export const jsonBounds = `At most ${maxBytes.toLocaleString('en')} bytes of JSON, nested at most ${maxDepth} levels deep.`

/** Who flags are evaluated for. All that is known of them stands in these arguments. */
export const subjectArguments = builder.args((t) => ({
  distinctId: t.string({
    required: true,
    description:
      'The distinct id of the person, at most 1,000 characters. Its first 200 count. Case and blanks matter. An empty id is inside every share.',
    validate: boundedText(1_000),
  }),
  groups: t.field({
    type: 'JSON',
    description: `The keys of the groups of the person, by the name of their group type: \`{ "company": "acme" }\`. ${jsonBounds}`,
  }),
  personProperties: t.field({
    type: 'JSON',
    description: `The properties of the person, as an object. What is not given does not exist, except for what follows from it. ${jsonBounds}`,
  }),
  groupProperties: t.field({
    type: 'JSON',
    description: `The properties of the groups, by the name of their group type: \`{ "company": { "size": 5 } }\`. ${jsonBounds}`,
  }),
}))

export type SubjectArguments = InputShapeFromFields<typeof subjectArguments>
type ObjectArgument = 'groups' | 'personProperties' | 'groupProperties'

/**
 * Reads who flags are evaluated for.
 *
 * @param path the place of these values inside of an argument, whose name comes first
 * @throws BadUserInputError when an argument is no object, or too large
 */
export function toSubject({ distinctId, ...args }: SubjectArguments, path?: string): Omit<Subject, 'staticCohortIds'> {
  const groupProperties = readObject('groupProperties', args.groupProperties, path)
  for (const [name, properties] of Object.entries(groupProperties)) {
    if (properties === null || asObject(properties) !== null) continue
    throw wrong('groupProperties', `must hold an object for '${name.slice(0, 40)}'.`, path)
  }
  return {
    distinctId: cutId(distinctId),
    groups: readObject('groups', args.groups, path),
    personProperties: readObject('personProperties', args.personProperties, path),
    groupProperties,
  }
}

function wrong(name: ObjectArgument, problem: string, path: string | undefined): BadUserInputError {
  const place = path === undefined ? name : `${path}.${name}`
  return new BadUserInputError(place.split('.')[0] ?? name, `Argument '${place}' ${problem}`)
}

function readObject(name: ObjectArgument, value: unknown, path: string | undefined): JsonObject {
  if (value == null) return {}
  const fields = asObject(value)
  if (fields === null) throw wrong(name, 'must be a JSON object.', path)
  if (isDeeperThan(fields, maxDepth)) throw wrong(name, `must not be nested deeper than ${maxDepth} levels.`, path)
  if (Buffer.byteLength(JSON.stringify(fields)) <= maxBytes) return fields
  throw wrong(name, `must be at most ${maxBytes} bytes of JSON.`, path)
}
