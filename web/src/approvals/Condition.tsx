import { valueText } from '../ui/words.ts'

/** Which changes of the action are guarded. An empty object stands for all. */
export function Condition({ conditions }: { conditions: unknown }) {
  if (typeof conditions !== 'object' || conditions === null || Object.keys(conditions).length === 0) return null
  const { type, field, operator, value } = conditions as Record<string, unknown>
  if (type === 'any_change') return null
  return (
    <span className="faint line">
      If {valueText(field ?? type)} {operator === undefined ? '' : valueText(operator)}{' '}
      {value === undefined || value === null ? '' : valueText(value)}
    </span>
  )
}
