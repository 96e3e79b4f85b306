// Biome looks after the code; this is for schema.graphql alone: `npm run check:schema`.
import graphql from '@graphql-eslint/eslint-plugin'

const { configs, parser } = graphql

export default [
  {
    files: ['**/schema.graphql'],
    plugins: { '@graphql-eslint': graphql },
    // The plugin knows a subgraph by its `@link`, and brings the definitions of federation's directives itself.
    languageOptions: { parser, parserOptions: { graphQLConfig: { schema: 'schema.graphql' } } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...configs['flat/schema-recommended'].rules,
      ...configs['flat/schema-relay'].rules,

      // Everything, not only types and root fields: descriptions are the documentation.
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          rootField: true,
          DirectiveDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
        },
      ],

      // An id is for what can be read again by it. Pages, refusals and what stands in an answer are no such things.
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          exceptions: {
            suffixes: ['Connection', 'Edge', 'Error', 'Success'],
            types: [
              ...['ApplyFailed', 'ChangeApplied', 'VoteRecorded'],
              ...['ApproverRequirement', 'EventFlagCoverage', 'ExperimentEligibility', 'ExperimentStats', 'FlagImplementationCheck'],
              ...['PageInfo', 'PromptTemplate', 'Variant', 'Viewer'],
            ],
          },
        },
      ],

      // Relay's specification lets lists stand beside connections: short ones such as `tags`, and `nodes`, for who needs no cursors.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false },
      ],

      // Beyond what is recommended: a mutation takes one `input`, of the type that bears its name, and answers an object.
      '@graphql-eslint/input-name': [
        'error',
        { checkInputType: true, caseSensitiveInputType: false, checkMutations: true, checkQueries: false },
      ],
      '@graphql-eslint/no-scalar-result-type-on-mutation': 'error',
    },
  },
]
