import { type Change, ChangeType, CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildASTSchema, type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType, parse } from 'graphql'
import { changelogNames } from './changelog.ts'
import { findRemovedDirectives } from './lostDirectives.ts'
import { supportedTypes } from './promisedTypes.ts'

/** A change that breaks clients of the released schema, and is not allowed. */
export interface Break {
  /** The name for CHANGELOG.md, such as `FeatureFlag.key`. */
  path: string
  what: string
  remedy: string
}

const deprecateFirst = 'Keep it, mark it @deprecated, release that, and remove it afterwards.'

/**
 * Returns the changes since the release that are not allowed. CHANGELOG.md must name every breaking change. A removal also needs to be
 * marked @deprecated in the released schema.
 */
export async function breakingChanges(releasedSdl: string, currentSdl: string, changelog: string): Promise<Break[]> {
  const [released, current] = [schemaOf(releasedSdl), schemaOf(currentSdl)]
  const named = changelogNames(changelog)
  const promised = supportedTypes(released)
  const changes = (await diff(released, current)).filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)

  const found = [
    ...changes.map((change) => ({
      path: pathOf(change),
      what: change.message,
      mayGo: !isRemoval(change) || !promised.has(typeOf(change)) || isDeprecated(released, change.path ?? ''),
    })),
    ...findRemovedDirectives(released, current).map((path) => ({
      path,
      what: 'A directive that other subgraphs rely on was removed',
      mayGo: true,
    })),
  ]
  return found.flatMap(({ path, what, mayGo }) => {
    if (!mayGo) return [{ path, what, remedy: `It was not deprecated in the release. ${deprecateFirst}` }]
    return named.has(path) ? [] : [{ path, what, remedy: `CHANGELOG.md does not name \`${path}\` in "### Breaking" of "## Unreleased".` }]
  })
}

/** Builds a schema without validation, because subgraphs use federation's directives without definitions. */
function schemaOf(sdl: string): GraphQLSchema {
  return buildASTSchema(parse(sdl), { assumeValidSDL: true })
}

const removals: ReadonlySet<string> = new Set([
  ChangeType.FieldRemoved,
  ChangeType.FieldArgumentRemoved,
  ChangeType.InputFieldRemoved,
  ChangeType.EnumValueRemoved,
  ChangeType.TypeRemoved,
  ChangeType.TypeKindChanged,
  ChangeType.UnionMemberRemoved,
  ChangeType.ObjectTypeInterfaceRemoved,
])
const isRemoval = ({ type }: Change) => removals.has(type)

const typeOf = ({ path = '' }: Change) => path.split('.')[0] ?? ''

/** The inspector's path of a change. Adds the union member or interface that it leaves out. */
function pathOf({ path, type, meta, message }: Change): string {
  if (type === ChangeType.UnionMemberRemoved) return `${path}.${meta.removedUnionMemberTypeName}`
  if (type === ChangeType.ObjectTypeInterfaceRemoved) return `${path}.${meta.removedInterfaceName}`
  return path ?? message
}

/** Whether a field, argument, input field or enum value is @deprecated. An argument is also if its field is. */
function isDeprecated(schema: GraphQLSchema, path: string): boolean {
  const [typeName = '', memberName = '', argumentName] = path.split('.')
  const type = schema.getType(typeName)
  if (isEnumType(type)) return type.getValue(memberName)?.deprecationReason != null
  if (isInputObjectType(type)) return type.getFields()[memberName]?.deprecationReason != null
  if (!isObjectType(type) && !isInterfaceType(type)) return false
  const field = type.getFields()[memberName]
  const argument = field?.args.find(({ name }) => name === argumentName)
  return field?.deprecationReason != null || argument?.deprecationReason != null
}
