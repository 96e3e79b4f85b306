// Checks schema.graphql only: `npm run check:schema`. Biome checks the code.
import graphql from '@graphql-eslint/eslint-plugin'

const { configs, parser } = graphql

const [, naming] = configs['flat/schema-recommended'].rules['@graphql-eslint/naming-convention']
const objectTypes = 'ObjectTypeDefinition,ObjectTypeExtension'

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

      // A group type is what people call it: the type of a group.
      '@graphql-eslint/naming-convention': [
        'error',
        { ...naming, [objectTypes]: { ...naming[objectTypes], ignorePattern: '^GroupType$' } },
      ],

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
              ...['ApprovalGuard', 'Blocker', 'CopyResult', 'ProjectSettings'],
              ...[
                'ApproverRequirement',
                'ConditionEvaluation',
                'ConditionSet',
                'EventFlagCoverage',
                'ExperimentCounts',
                'ExperimentActionState',
                'ExperimentEligibility',
                'ExperimentMonth',
                'ExperimentStats',
                'FeatureFlagKey',
                'FeatureFlagVersion',
                'FieldChange',
                'FlagEvaluation',
                'LaunchCheck',
                ...['CopyProgress', 'LinkCheck', 'LinkPermission', 'SkippedRow'],
                'FlagImplementationCheck',
                'GroupType',
                'PropertyCondition',
                'PropertyEvaluation',
                'EventName',
                'FeatureFlagUsage',
                'FlagDependency',
                'SurveyLink',
                'Tag',
                'UsageDay',
                'FreezeBlocker',
                'ChangeImpact',
                'FlagChangePreview',
                'VariantMove',
              ],
              ...['ActionStep', 'ExposureCriteria', 'FunnelMetric', 'MeanMetric', 'MetricSource', 'OpaqueMetric', 'OutlierBounds'],
              ...['PromptExperiment', 'RatioMetric', 'RetentionMetric', 'SavedMetricUse', 'StatisticsSettings', 'TimeSpan'],
              ...['PageInfo', 'PromptTemplate', 'RateLimit', 'Variant', 'Viewer', 'ViewerKey'],
            ],
          },
        },
      ],

      // Relay's specification allows lists beside connections: short ones such as `tags`, and `nodes` for clients without cursors.
      // Some lists are of things without an id, such as the keys of flags.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
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
