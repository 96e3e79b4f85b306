import { Command, InvalidArgumentError, Option } from 'commander'
import { runComparison } from './comparison.ts'
import type { Size } from './data/sizes.ts'
import { sizes } from './data/sizes.ts'
import { runDistinct } from './distinct/distinct.ts'
import { distinctOperations } from './distinct/operations.ts'
import { runGraph } from './graph/graph.ts'
import { runGrowth } from './growth/growth.ts'
import { linkParts, runLink } from './link/link.ts'
import { runLive } from './live/live.ts'
import { operations } from './operations/operations.ts'
import { runProfile } from './profile/profile.ts'
import { systems } from './servers/systems.ts'
import { runWrites } from './writes/writes.ts'

const sizeNames = Object.keys(sizes) as Size['name'][]
const letters = [...new Set(operations.map(({ id }) => id))]

function positive(text: string): number {
  const number = Number(text)
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number above 0.')
  return number
}

const counts = (text: string) => text.split(',').map(positive)

function choice<Name extends string>(names: readonly Name[]) {
  return (text: string, before: Name[] | undefined): Name[] => {
    const chosen = text === 'all' ? [...names] : text.split(',').map((part) => part.trim())
    for (const name of chosen) {
      if (!names.includes(name as Name)) throw new InvalidArgumentError(`There is no '${name}'. Use ${names.join(', ')} or all.`)
    }
    return [...(before ?? []), ...(chosen as Name[])]
  }
}

/** The ids of the chosen operations. `A` also selects `A+count`. */
function operationChoice(text: string, before: string[] | undefined): string[] {
  if (text === 'all') return letters
  const chosen = text.split(',').flatMap((part) => {
    const wanted = part.trim().toLowerCase()
    const found = letters.filter((id) => id.toLowerCase() === wanted || id.toLowerCase().split(/[ +]/)[0] === wanted)
    if (found.length === 0) throw new InvalidArgumentError(`There is no operation '${part.trim()}'. Use ${letters.join(', ')} or all.`)
    return found
  })
  return [...(before ?? []), ...chosen]
}

export async function runCommands(): Promise<void> {
  const program = new Command('npm run bench --')
  program
    .description('Compares the service with its ceiling and its peers, on generated data in a temporary database.')
    .addHelpText(
      'after',
      '\nBENCH_DATABASE_URL selects the PostgreSQL server for the databases. By default, one is started from an npm package.',
    )

  program
    .command('compare', { isDefault: true })
    .description('measures every operation on every system, in turns (the default command)')
    .option('--size <sizes>', 'small, medium, large or all; may be repeated (default: small)', choice(sizeNames))
    .option('--operations <list>', `of ${letters.join(', ')}; a letter selects all that begin with it`, operationChoice)
    .option('--systems <list>', `of ${systems.join(', ')}`, choice(systems))
    .option('--against <folder>', 'another checkout of this service, measured in the same turns; its packages must be installed')
    .option('--seconds <number>', 'the length of each round', positive, 3)
    .option('--rounds <number>', 'the rounds of each system; figures are their medians', positive, 3)
    .option('--connections <number>', 'concurrent requests', positive, 32)
    .option('--quick', 'less data and one short round: only shows that the benchmark works; the results are not stored')
    .addOption(new Option('--json', 'only print the results, as JSON'))
    .action(runComparison)

  program
    .command('distinct')
    .description('measures requests of which no two are alike, with one client and with many')
    .option('--size <sizes>', 'small, medium, large or all (default: medium)', choice(sizeNames))
    .option(
      '--operations <list>',
      `of ${distinctOperations.map(({ id }) => id).join(', ')}`,
      choice(distinctOperations.map(({ id }) => id)),
    )
    .option('--clients <numbers>', 'how many clients ask at once', counts, [1, 32, 256])
    .option('--seconds <number>', 'the length of each round', positive, 3)
    .option('--rounds <number>', 'the rounds of each system; figures are their medians', positive, 3)
    .option('--quick', 'less data and one short round: only shows that it works; the results are not stored')
    .option('--json', 'only print the results, as JSON')
    .action((options) => runDistinct({ ...options, size: options.size ?? ['medium'] }))

  program
    .command('growth')
    .description('measures the cost of a page by depth, by number of projects and by number of events')
    .option('--seconds <number>', 'the time to measure each point', positive, 2)
    .option('--connections <number>', 'concurrent requests; several may share statements', positive, 1)
    .option('--quick', 'shorter curves: only shows that it works; the results are not stored')
    .option('--json', 'only print the curves, as JSON')
    .action(runGrowth)

  program
    .command('graph')
    .description("measures the pages of a front end, and evaluation beside PostHog's client library; no two requests are alike")
    .option('--seconds <number>', 'the length of each round', positive, 3)
    .option('--rounds <number>', 'the rounds of each operation; figures are their medians', positive, 3)
    .option('--quick', 'less data and one short round: only shows that it works; the results are not stored')
    .option('--json', 'only print the results, as JSON')
    .action(runGraph)

  program
    .command('link')
    .description('measures links to PostHog over a stand-in: copying, following, writing through, pages beside GraphQL Mesh, and a storm')
    .option('--only <parts>', `of ${linkParts.join(', ')}`, choice(linkParts))
    .option('--seed <number>', 'the seed of the storm', positive, 1)
    .option('--quick', 'less of everything: only shows that it works; the results are not stored')
    .option('--json', 'only print the results, as JSON')
    .action(runLink)

  program
    .command('live')
    .description('measures how a change reaches many subscribers, and what it costs')
    .option('--subscribers <number>', 'how many follow one project', positive, 1_000)
    .option('--changes <number>', 'how many changes are measured', positive, 50)
    .option('--quick', 'a few of both: only shows that it works; the results are not stored')
    .option('--json', 'only print the results, as JSON')
    .action(runLive)

  program
    .command('writes')
    .description("measures writes of different flags, beside PostGraphile's mutations with a trigger for the audit")
    .option('--seconds <number>', 'the length of each round', positive, 2)
    .option('--rounds <number>', 'the rounds of each system; figures are their medians', positive, 3)
    .option('--connections <number>', 'concurrent writes', positive, 32)
    .option('--quick', 'less data and one short round: only shows that it works; the results are not stored')
    .option('--json', 'only print the results, as JSON')
    .action(runWrites)

  program
    .command('profile')
    .description("prints where the server's time goes, by package and by function")
    .option('--size <sizes>', 'small, medium, large or all (default: small)', choice(sizeNames))
    .option('--operations <list>', `of ${letters.join(', ')}`, operationChoice)
    .option('--seconds <number>', 'the time to measure each operation', positive, 10)
    .option('--connections <number>', 'concurrent requests', positive, 32)
    .action(runProfile)

  await program.parseAsync()
}
