import { Command, InvalidArgumentError } from 'commander'
import { addMember, listMembers, setActive, setLevel, setRoles } from '../auth/memberAdmin.ts'
import { type MembershipLevel, membershipLevelNames } from '../auth/membershipLevel.ts'
import { typedCommand } from '../platform/program/typedCommand.ts'
import { formatTable } from '../platform/table.ts'
import { collect } from './terminal/collect.ts'
import { type JsonOption, jsonOption, printResult } from './terminal/printResult.ts'
import { withDatabase } from './withDatabase.ts'

interface InOrganization {
  organization?: string
}

const levels = Object.values(membershipLevelNames)
const ofOrganization = ['--organization <id-or-name>', 'the organization; default: the only one'] as const

export const command = new Command('members').description(
  'Manages the people of organizations: their levels and roles, and whether their keys work. A change counts at once.',
)
command.addHelpText('after', `\nExample: ${typedCommand('members level ada@example.com admin')}`)

command
  .command('list')
  .description('Lists the members of all organizations, or of one.')
  .option('--organization <id-or-name>', 'only the members of this organization')
  .addOption(jsonOption())
  .action(({ organization, ...options }: InOrganization & JsonOption) =>
    withDatabase('members list', async ({ db }) => {
      const members = await listMembers(db, organization ?? null)
      if (members.length === 0) console.error('There are no members.')
      const rows = members.map(({ email, firstName, organization, level, roles, isActive, keys }) => [
        isActive ? email : `${email} (deactivated)`,
        firstName,
        organization,
        level,
        roles.join(', '),
        String(keys),
      ])
      const head = ['USER', 'NAME', 'ORGANIZATION', 'LEVEL', 'ROLES', 'KEYS']
      printResult(options, members, rows.length === 0 ? null : formatTable([head, ...rows], 'left'))
    }),
  )

command
  .command('add')
  .description('Adds somebody to an organization, and creates the user if there is none. They get no key.')
  .argument('<email>', 'the address of the person')
  .option('--level <level>', `what they may do: ${levels.join(', ')}`, parseLevel, levelOf('member'))
  .option('--first-name <name>', 'the first name of a new user', '')
  .option(...ofOrganization)
  .action((email: string, { level, firstName, organization }: { level: MembershipLevel; firstName: string } & InOrganization) =>
    withDatabase('members add', async ({ db }) => {
      const added = await addMember(db, { email, level, firstName, organization: organization ?? null })
      console.error(`${added.user.email} is now ${withArticle(level)} of '${added.organization.name}'.`)
    }),
  )

command
  .command('level')
  .description('Changes the level of a member. An organization keeps at least one active owner.')
  .argument('<email>', 'the address of the member')
  .argument('<level>', `what they may do: ${levels.join(', ')}`, parseLevel)
  .option(...ofOrganization)
  .action((email: string, level: MembershipLevel, { organization }: InOrganization) =>
    withDatabase('members level', async ({ db }) => {
      const { name } = await setLevel(db, { email, level, organization: organization ?? null })
      console.error(`${email} is now ${withArticle(level)} of '${name}'.`)
    }),
  )

command
  .command('roles')
  .description('Gives a member roles, and takes roles from them. A role that does not exist yet is created.')
  .argument('<email>', 'the address of the member')
  .option('--add <role>', 'a role to give; for several, repeat it', collect, [])
  .option('--remove <role>', 'a role to take away; for several, repeat it', collect, [])
  .option(...ofOrganization)
  .action((email: string, { add, remove, organization }: { add: string[]; remove: string[] } & InOrganization) =>
    withDatabase('members roles', async ({ db }) => {
      const { organization: found, roles, created } = await setRoles(db, { email, add, remove, organization: organization ?? null })
      for (const name of created) console.error(`Created the role '${name}' in '${found.name}'.`)
      console.error(`${email} has ${roles.length === 0 ? 'no role' : roles.map((name) => `'${name}'`).join(', ')} in '${found.name}'.`)
    }),
  )

command
  .command('deactivate')
  .description('Stops all keys of somebody, in all organizations. Their open change requests become invalid.')
  .argument('<email>', 'the address of the person')
  .action((email: string) =>
    withDatabase('members deactivate', async ({ db }) => {
      await setActive(db, email, false)
      console.error(`${email} is deactivated. Their keys do not work any more.`)
    }),
  )

command
  .command('activate')
  .description('Lets somebody back in, with the keys that they had.')
  .argument('<email>', 'the address of the person')
  .action((email: string) =>
    withDatabase('members activate', async ({ db }) => {
      await setActive(db, email, true)
      console.error(`${email} is active. Their keys work again.`)
    }),
  )

function parseLevel(text: string): MembershipLevel {
  if (!levels.includes(text)) throw new InvalidArgumentError(`Use one of ${levels.join(', ')}.`)
  return levelOf(text)
}

function levelOf(name: string): MembershipLevel {
  return Number(Object.entries(membershipLevelNames).find(([, each]) => each === name)?.[0]) as MembershipLevel
}

function withArticle(level: MembershipLevel): string {
  const name = membershipLevelNames[level] ?? ''
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`
}
