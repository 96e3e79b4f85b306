import { Command, InvalidArgumentError, Option } from 'commander'
import { runComparison } from './comparison.ts'
import type { Size } from './data/sizes.ts'
import { sizes } from './data/sizes.ts'
import { runGrowth } from './growth/growth.ts'
import { operations } from './operations/operations.ts'
import { runProfile } from './profile/profile.ts'
import { systems } from './servers/systems.ts'

const sizeNames = Object.keys(sizes) as Size['name'][]
const letters = [...new Set(operations.map(({ id }) => id))]

function positive(text: string): number {
  const number = Number(text)
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number above 0.')
  return number
}

function choice<Name extends string>(names: readonly Name[]) {
  return (text: string, before: Name[] | undefined): Name[] => {
    const chosen = text === 'all' ? [...names] : text.split(',').map((part) => part.trim())
    for (const name of chosen) {
      if (!names.includes(name as Name)) throw new InvalidArgumentError(`There is no '${name}': ${names.join(', ')}, or all.`)
    }
    return [...(before ?? []), ...(chosen as Name[])]
  }
}

/** `A` stands for every operation that begins with it, too. */
function operationChoice(text: string, before: string[] | undefined): string[] {
  if (text === 'all') return letters
  const chosen = text.split(',').flatMap((part) => {
    const wanted = part.trim().toLowerCase()
    const found = letters.filter((id) => id.toLowerCase() === wanted || id.toLowerCase().split(/[ +]/)[0] === wanted)
    if (found.length === 0) throw new InvalidArgumentError(`There is no operation '${part.trim()}': ${letters.join(', ')}, or all.`)
    return found
  })
  return [...(before ?? []), ...chosen]
}

export async function runCommands(): Promise<void> {
  const program = new Command('npm run bench --')
  program
    .description('Measures the service against its ceiling and its peers, on data of its own in a throw-away database.')
    .addHelpText(
      'after',
      '\nBENCH_DATABASE_URL names a PostgreSQL server to make the databases on; without it one is started from an npm package.',
    )

  program
    .command('compare', { isDefault: true })
    .description('every operation, on every system, in turns (when no command is given)')
    .option('--size <sizes>', 'small, medium, large or all; may be repeated (small when not given)', choice(sizeNames))
    .option('--operations <list>', `of ${letters.join(', ')}; a letter stands for all that begin with it`, operationChoice)
    .option('--systems <list>', `of ${systems.join(', ')}`, choice(systems))
    .option('--seconds <number>', 'how long each round lasts', positive, 3)
    .option('--rounds <number>', 'rounds of each system; figures are their medians', positive, 3)
    .option('--connections <number>', 'questions under way at a time', positive, 32)
    .option('--quick', 'fewer data and one short round: only shows that the benchmark works; its results are not kept')
    .addOption(new Option('--json', 'the results as JSON, and nothing else, on standard output'))
    .action(runComparison)

  program
    .command('growth')
    .description('what a page costs the deeper it is, and the more projects and events there are')
    .option('--seconds <number>', 'how long each point is measured', positive, 2)
    .option('--connections <number>', 'questions under way at a time; of several, some share statements', positive, 1)
    .option('--quick', 'shorter curves: only shows that it works; its results are not kept')
    .option('--json', 'the curves as JSON, and nothing else, on standard output')
    .action(runGrowth)

  program
    .command('profile')
    .description("where our server's time goes, by package and by function")
    .option('--size <sizes>', 'small, medium, large or all (small when not given)', choice(sizeNames))
    .option('--operations <list>', `of ${letters.join(', ')}`, operationChoice)
    .option('--seconds <number>', 'how long each operation is asked', positive, 10)
    .option('--connections <number>', 'questions under way at a time', positive, 32)
    .action(runProfile)

  await program.parseAsync()
}
