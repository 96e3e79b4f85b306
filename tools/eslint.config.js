// Checks schema.graphql only: `npm run check:schema`. Biome checks the code.
import graphql from '@graphql-eslint/eslint-plugin'

const { configs, parser } = graphql

export default [
  {
    files: ['**/schema.graphql'],
    plugins: { '@graphql-eslint': graphql },
    // The plugin detects a subgraph by its `@link`, and defines federation's directives itself.
    languageOptions: { parser, parserOptions: { graphQLConfig: { schema: 'schema.graphql' } } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...configs['flat/schema-recommended'].rules,
      ...configs['flat/schema-relay'].rules,

      // For everything, not only types and root fields: descriptions are the documentation.
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

      // Only types that can be read by id have one. Pages, errors and parts of results do not.
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

      // Relay's specification allows lists beside connections: short ones such as `tags`, and `nodes` for clients without cursors.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false },
      ],

      // In addition to the recommended rules: a mutation takes one `input`, whose type has the mutation's name, and returns an object.
      '@graphql-eslint/input-name': [
        'error',
        { checkInputType: true, caseSensitiveInputType: false, checkMutations: true, checkQueries: false },
      ],
      '@graphql-eslint/no-scalar-result-type-on-mutation': 'error',
    },
  },
]
