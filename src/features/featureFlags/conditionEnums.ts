import { builder } from '../../graphql/builder.ts'
import type { PropertyKindName, PropertyOperatorName } from './rules/conditions.ts'

export const PropertyKind = builder.enumType('PropertyKind', {
  description: 'What a property of a condition set is about.',
  values: {
    PERSON: { description: 'A property of the person.' },
    GROUP: { description: 'A property of a group, such as a company.' },
    COHORT: { description: 'Whether the person is a member of a cohort.' },
    FLAG: { description: 'What another flag answers.' },
  } satisfies Record<PropertyKindName, { description: string }>,
})

export const PropertyOperator = builder.enumType('PropertyOperator', {
  description:
    'How a property is compared with the value of a condition. The names are those of the REST API in capitals. What cannot be computed, ' +
    'such as a text where a number is needed, does not hold. Every operator but IS_SET and IS_NOT_SET needs a value that is not null.',
  values: {
    EXACT: {
      description:
        'The same text, whatever its case. A list holds when any entry is the same. In matching version 1, a value of booleans compares truth.',
    },
    IS_NOT: { description: 'Not EXACT. Also holds when the property is not given.' },
    IS_SET: { description: 'The property is given, whatever its value.' },
    IS_NOT_SET: { description: 'The property is not given.' },
    ICONTAINS: { description: 'The text contains the value. The case of A to Z does not matter.' },
    NOT_ICONTAINS: { description: 'The text does not contain the value. Also holds when the property is not given.' },
    ICONTAINS_MULTI: { description: 'The text contains any entry of the list.' },
    NOT_ICONTAINS_MULTI: { description: 'The text contains no entry of the list. Also holds when the property is not given.' },
    STARTS_WITH: { description: 'The text starts with the value. The case of A to Z does not matter.' },
    NOT_STARTS_WITH: { description: 'The text does not start with the value. Also holds when the property is not given.' },
    ENDS_WITH: { description: 'The text ends with the value. The case of A to Z does not matter.' },
    NOT_ENDS_WITH: { description: 'The text does not end with the value. Also holds when the property is not given.' },
    REGEX: { description: 'The pattern is found anywhere in the text. Case matters, unless the pattern starts with `(?i)`.' },
    NOT_REGEX: { description: 'The pattern is found nowhere. Also holds when the property is not given. An invalid pattern never holds.' },
    GT: { description: 'The number is greater.' },
    GTE: { description: 'The number is greater or equal.' },
    LT: { description: 'The number is less.' },
    LTE: { description: 'The number is less or equal.' },
    BETWEEN: { description: 'The number is inside the bounds `[min, max]`, which belong to it.' },
    NOT_BETWEEN: { description: 'The number is outside the bounds. Also holds when the property is not given.' },
    IS_DATE_EXACT: { description: 'The date is the same instant.' },
    IS_DATE_BEFORE: { description: 'The date is earlier. A value such as `-30d` is that long before now.' },
    IS_DATE_AFTER: { description: 'The date is later. A value such as `-30d` is that long before now.' },
    SEMVER_EQ: { description: 'The version is the same.' },
    SEMVER_NEQ: { description: 'The version is another one.' },
    SEMVER_GT: { description: 'The version is later.' },
    SEMVER_GTE: { description: 'The version is later or the same.' },
    SEMVER_LT: { description: 'The version is earlier.' },
    SEMVER_LTE: { description: 'The version is earlier or the same.' },
    SEMVER_TILDE: { description: 'The version is at least the value, and has the same first two numbers.' },
    SEMVER_CARET: { description: 'The version is at least the value, and has the same numbers up to the first that is not 0.' },
    SEMVER_WILDCARD: { description: 'The version fits a value such as `1.2.*`.' },
    IN: { description: 'The person is a member of the cohort.' },
    NOT_IN: { description: 'The person is not a member of the cohort.' },
    FLAG_EVALUATES_TO: { description: 'The other flag is on (true), off (false), or answers the variant with this key (text).' },
    UNKNOWN: { description: 'An operator that this service does not know. It never holds.' },
  } satisfies Record<PropertyOperatorName, { description: string }>,
})

export const Bucketing = builder.enumType('Bucketing', {
  description: 'By which id a flag divides people into shares and variants.',
  values: {
    DISTINCT_ID: { value: 'distinct_id', description: 'By the distinct id.' },
    DEVICE_ID: { value: 'device_id', description: 'By the property `$device_id`, so that a device keeps its value when a person logs in.' },
  } as const,
})
