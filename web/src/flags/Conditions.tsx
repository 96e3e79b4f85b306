import { FlagLink } from '../ui/links.tsx'
import { lower, operator, percent, valueText } from '../ui/words.ts'
import type { Flag } from './flag.ts'

type Condition = Flag['conditions'][number]

/** The condition sets of a flag as sentences. Any of them lets a person in. */
export function Conditions({ flag, project }: { flag: Flag; project: string }) {
  if (flag.conditionsProblem !== null) return <p className="note bad">The conditions cannot be read: {flag.conditionsProblem}</p>
  if (flag.conditions.length === 0) return <p className="faint">There are no conditions, so nobody gets it.</p>
  return (
    <ol className="conditions">
      {flag.conditions.map((condition, index) => (
        <li key={condition.index}>
          {index > 0 && <span className="or">or</span>}
          <div className="condition">
            {condition.description !== null && condition.description !== '' && <p className="faint">{condition.description}</p>}
            <p>
              {share(condition)}
              {condition.properties.length > 0 && ' with'}
            </p>
            {condition.properties.length > 0 && (
              <ul>
                {condition.properties.map((property) => (
                  <Property
                    key={JSON.stringify([property.kind, property.key, property.operator, property.value])}
                    property={property}
                    project={project}
                  />
                ))}
              </ul>
            )}
            {condition.variantKey !== null && (
              <p className="faint">
                They get the variant <code>{condition.variantKey}</code>.
              </p>
            )}
          </div>
        </li>
      ))}
    </ol>
  )
}

/** "Everybody", "25 % of everybody", "Every company". */
function share({ rolloutPercentage, groupType }: Condition): string {
  const whole = rolloutPercentage === null || rolloutPercentage === 100
  if (groupType) return whole ? `Every ${lower(groupType.singular)}` : `${percent(rolloutPercentage)} of the ${lower(groupType.plural)}`
  return whole ? 'Everybody' : `${percent(rolloutPercentage)} of everybody`
}

function Property({
  property: { kind, key, operator: name, value, negated, cohort, featureFlag, groupType },
  project,
}: {
  property: Condition['properties'][number]
  project: string
}) {
  if (kind === 'COHORT') {
    return (
      <li>
        {negated || name === 'NOT_IN' ? 'not in' : 'in'} the cohort <strong>{cohort?.name ?? valueText(value)}</strong>
      </li>
    )
  }
  if (kind === 'FLAG') {
    return (
      <li>
        the flag {featureFlag ? <FlagLink project={project} flag={featureFlag} /> : <code>{key}</code>} is <code>{valueText(value)}</code>
      </li>
    )
  }
  const hasValue = name !== 'IS_SET' && name !== 'IS_NOT_SET'
  return (
    <li>
      {groupType && `${lower(groupType.singular)} `}
      <code>{key}</code> {negated && 'not: '}
      {operator(name)} {hasValue && <code>{valueText(value)}</code>}
    </li>
  )
}
