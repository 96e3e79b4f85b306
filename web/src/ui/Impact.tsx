import type { ImpactTextFragment } from '../generated/graphql.ts'
import { ExperimentLink, FlagLink } from './links.tsx'
import { count } from './words.ts'

const samples = { SUBJECTS: 'given people', RECENT: 'people of recent events', SYNTHETIC: 'made-up people' }

/** For how many people of a sample the answer of the flag would differ. */
export function Impact({ impact, project }: { impact: ImpactTextFragment; project: string }) {
  const { sampled, sampleKind, unchanged, turnedOn, turnedOff, otherVariant, undecided, moves, warnings, dependents, experiments } = impact
  const rows: [name: string, number: number][] = [
    ['would get it', turnedOn],
    ['would lose it', turnedOff],
    ['would get another variant', otherVariant],
    ['would see no difference', unchanged],
    ['cannot be told', undecided],
  ]
  return (
    <>
      <p>
        Of{' '}
        {count(
          sampled,
          sampleKind === null ? 'person' : samples[sampleKind].replace('people', 'person'),
          sampleKind === null ? 'people' : samples[sampleKind],
        )}
        :
      </p>
      <ul className="bars">
        {rows
          .filter(([, number]) => number > 0)
          .map(([name, number]) => (
            <li key={name}>
              <span>{name}</span>
              <meter className="bar" min={0} max={Math.max(1, sampled)} value={number} aria-hidden="true" />
              <span className="bar-number">{number}</span>
            </li>
          ))}
      </ul>
      {moves.length > 0 && (
        <ul className="moves">
          {moves.map(({ from, to, count: people }) => (
            <li key={`${from} ${to}`}>
              <code>{from ?? 'off'}</code> → <code>{to ?? 'off'}</code> <span className="faint">{count(people, 'person', 'people')}</span>
            </li>
          ))}
        </ul>
      )}
      {warnings.map((warning) => (
        <p key={warning} className="faint">
          {warning}
        </p>
      ))}
      {experiments?.map((experiment) => (
        <p key={experiment.id}>
          Touches <ExperimentLink project={project} experiment={experiment} />
        </p>
      ))}
      {dependents.map((flag) => (
        <p key={flag.id}>
          Needed by <FlagLink project={project} flag={flag} />
        </p>
      ))}
    </>
  )
}
