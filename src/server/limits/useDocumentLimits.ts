import { type DocumentNode, GraphQLError, Kind, parse, type SelectionSetNode, visit } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { OperationTooExpensiveError } from '../../graphql/errors.ts'
import type { Config } from '../../platform/config.ts'
import { bracketDepth } from '../../platform/text/bracketDepth.ts'

/** Far more than an operation needs, and far less than what overflows the stack of GraphQL's parser. */
const maxNesting = 200
/** A response repeats each alias for every row. */
const maxNameLength = 200

type DocumentLimits = Pick<Config, 'maxOperationTokens' | 'maxAliases' | 'maxRootFields' | 'maxDirectives'>

/**
 * Rejects documents that are too large, before they are validated. Only documents that are not cached are parsed, so only they are counted.
 * Not GraphQL Armor, which visits the document once for each limit and reports a limit as a syntax error.
 */
export function useDocumentLimits(limits: DocumentLimits): Plugin {
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((source, options) => {
        if (bracketDepth(typeof source === 'string' ? source : source.body) > maxNesting) {
          throw new OperationTooExpensiveError(`The operation is nested deeper than ${maxNesting} levels.`)
        }
        const document = parseTokens(source, options, limits.maxOperationTokens)
        assertWithinLimits(document, limits)
        return document
      })
    },
  }
}

function parseTokens(source: Parameters<typeof parse>[0], options: object | undefined, maxTokens: number): DocumentNode {
  try {
    return parse(source, { ...options, maxTokens })
  } catch (error) {
    if (!(error instanceof GraphQLError) || !error.message.includes(`${maxTokens} tokens`)) throw error
    throw new OperationTooExpensiveError(`The operation is longer than ${maxTokens} tokens.`)
  }
}

function assertWithinLimits(document: DocumentNode, { maxAliases, maxRootFields, maxDirectives }: DocumentLimits): void {
  let aliases = 0
  let directives = 0
  visit(document, {
    Name: ({ value }) => {
      if (value.length <= maxNameLength) return
      throw new OperationTooExpensiveError(
        `The name "${value.slice(0, 20)}…" has ${value.length} characters; at most ${maxNameLength} are allowed.`,
      )
    },
    Field: ({ alias }) => {
      if (alias !== undefined && ++aliases > maxAliases) throw tooMany('aliases', maxAliases)
    },
    Directive: () => {
      if (++directives > maxDirectives) throw tooMany('directives', maxDirectives)
    },
  })
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    if (countRootFields(document, definition.selectionSet) > maxRootFields) throw tooMany('root fields', maxRootFields)
  }
}

/** Each fragment counts once, because GraphQL merges the fields of a fragment that is spread twice. */
function countRootFields({ definitions }: DocumentNode, rootSet: SelectionSetNode): number {
  const fragments = new Map(definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])))
  const countFields = ({ selections }: SelectionSetNode): number =>
    selections.reduce((count, selection) => {
      if (selection.kind === Kind.FIELD) return count + 1
      if (selection.kind === Kind.INLINE_FRAGMENT) return count + countFields(selection.selectionSet)
      const fragment = fragments.get(selection.name.value)
      fragments.delete(selection.name.value)
      return fragment === undefined ? count : count + countFields(fragment.selectionSet)
    }, 0)
  return countFields(rootSet)
}

function tooMany(what: string, max: number): OperationTooExpensiveError {
  return new OperationTooExpensiveError(`The operation has more than ${max} ${what}. Split it into several operations.`)
}
