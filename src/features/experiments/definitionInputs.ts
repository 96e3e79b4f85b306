import { builder } from '../../graphql/builder.ts'
import type { InputFields } from '../../graphql/mutation.ts'
import { MetricRole } from '../metrics/enums.ts'
import { ExperimentMetricInput, MetricSourceInput } from '../metrics/metricInputs.ts'
import { MultipleVariantHandling } from './ExposureCriteria.ts'
import { StatisticsMethod } from './StatisticsMethod.ts'

const ExposureCriteriaInput = builder.inputType('ExposureCriteriaInput', {
  description: "Which people count as exposed, and from when. `{}` is the default: from the call of the experiment's own flag.",
  fields: (t) => ({
    event: t.string({
      description:
        "The event that exposes a person: 1 to 400 characters. Not with `actionId`. Default, also for null: the flag's own call.",
    }),
    actionId: t.id({ description: 'The action that exposes a person: its global id, or its number. Default, also for null: none.' }),
    filters: t.field({
      type: 'JSON',
      description:
        'The filters on properties that the event must meet: a list of at most 100 objects in the form of the REST API, at most 64 KiB. ' +
        'Default, also for null: none.',
    }),
    filterTestAccounts: t.boolean({ description: 'Whether people who test the product are left out. Default, also for null: true.' }),
    multipleVariants: t.field({
      type: MultipleVariantHandling,
      description: 'What happens to people who are exposed to several variants. Default, also for null: `EXCLUDE`.',
    }),
    activation: t.field({
      type: MetricSourceInput,
      description: 'What an exposed person must also do to count, without `math`. Default, also for null: nothing.',
    }),
  }),
})

const StatisticsSettingsInput = builder.inputType('StatisticsSettingsInput', {
  description: 'How results are computed. `{}` is the default: by the settings of the project.',
  fields: (t) => ({
    method: t.field({ type: StatisticsMethod, description: 'The statistical method. Default, also for null: that of the project.' }),
    confidenceLevel: t.float({
      description: 'The level of the intervals: greater than 0 and less than 1. Default, also for null: that of the project.',
    }),
    cupedLookbackDays: t.int({
      description: 'How many days before the exposure reduce the variance (CUPED): 1 to 30. Default, also for null: CUPED is off.',
    }),
    sequential: t.boolean({
      description: 'Whether results may be looked at again and again. It matters only for `FREQUENTIST`. Default, also for null: false.',
    }),
  }),
})

const SavedMetricUseInput = builder.inputType('SavedMetricUseInput', {
  description: 'A saved metric that an experiment uses.',
  fields: (t) => ({
    savedMetricId: t.id({ required: true, description: 'The saved metric of the project: its global id, or its number.' }),
    role: t.field({ type: MetricRole, required: true, description: 'Its place in the experiment.' }),
  }),
})

type DefinitionField = 'primaryMetrics' | 'savedMetrics' | 'exposure' | 'statistics' | 'onlyCountMaturedPersons' | 'tags'

/** The typed fields of an experiment that `createExperiment` and `updateExperiment` share. `absent` says what happens without them. */
export function definitionInput(t: InputFields, absent: Record<DefinitionField, string>) {
  return {
    primaryMetrics: t.field({
      type: [ExperimentMetricInput],
      description:
        'Its own primary metrics, in display order. Saved metrics are not among them, and keep their places. An experiment has at most 20 metrics ' +
        `in all. Not with \`metrics\`. ${absent.primaryMetrics}`,
    }),
    secondaryMetrics: t.field({
      type: [ExperimentMetricInput],
      description: `Its own secondary metrics, in the same way: at most 20 metrics in all. Not with \`metricsSecondary\`. ${absent.primaryMetrics}`,
    }),
    savedMetrics: t.field({
      type: [SavedMetricUseInput],
      description: `All saved metrics that it uses, each once: at most 20 metrics in all. ${absent.savedMetrics}`,
    }),
    exposure: t.field({
      type: ExposureCriteriaInput,
      description: `Which people count as exposed, as a whole. Not with \`exposureCriteria\`. ${absent.exposure}`,
    }),
    statistics: t.field({
      type: StatisticsSettingsInput,
      description: `How results are computed, as a whole. The baseline stays. Not with \`statsConfig\`. ${absent.statistics}`,
    }),
    onlyCountMaturedPersons: t.boolean({
      description: `Whether people count only after the conversion window of a metric has passed for them. ${absent.onlyCountMaturedPersons}`,
    }),
    tags: t.stringList({ description: `Labels: at most 100, of at most 255 characters each. ${absent.tags}` }),
  }
}
