import { Command, InvalidArgumentError } from 'commander'
import { type ApiKeySummary, createApiKey, listApiKeys, revokeApiKey } from '../auth/apiKeyAdmin.ts'
import { allScopes } from '../auth/scopes.ts'
import type { PersonalApiKey } from '../database/generated/client.ts'
import { typedCommand } from '../platform/program/typedCommand.ts'
import { formatTable } from '../platform/table.ts'
import { collect } from './terminal/collect.ts'
import { type JsonOption, jsonOption, printResult } from './terminal/printResult.ts'
import { withDatabase } from './withDatabase.ts'

interface CreateOptions extends JsonOption {
  user: string
  scopes: string[]
  label: string
  project?: number[]
  organization?: string[]
  createUser?: true
  firstName?: string
  createOrganization?: true
}

export const command = new Command('keys').description('Manages personal API keys. Clients send one as `Authorization: Bearer <key>`.')
command.addHelpText('after', `\nExample: ${typedCommand('keys create --user me@example.com --scopes experiment:read --create-user')}`)

command
  .command('create')
  .description('Creates a key and prints it once. Only its hash is stored.')
  .requiredOption('--user <email>', 'the owner of the key')
  .requiredOption('--scopes <scopes>', `what the key may do, separated by commas: ${allScopes.join(', ')}`, commaSeparated)
  .option('--label <text>', 'what the key is for, at most 40 characters', 'made at the command line')
  .option('--project <number>', 'restricts the key to this project; for several, repeat it or use commas', projectNumbers)
  .option('--organization <id-or-name>', 'restricts the key to this organization; for several, repeat it', collect)
  .option('--create-user', 'creates the user if there is none, as a member of --organization or of the only organization')
  .option('--first-name <name>', 'the first name of a new user')
  .option('--create-organization', 'creates the organization, with the user as its owner; for an empty database')
  .addOption(jsonOption())
  .addHelpText(
    'after',
    `\nStandard output contains only the key, so that a script can read it: KEY=$(${typedCommand('keys create').replace('npm run', 'npm run -s')} …)`,
  )
  .action(
    ({ user, scopes, label, project = [], organization = [], createUser, firstName = '', createOrganization, ...options }: CreateOptions) =>
      withDatabase('keys create', async ({ db }) => {
        const { token, key, notes } = await createApiKey(db, {
          email: user,
          scopes,
          label,
          projects: project,
          organizations: organization,
          createUser: createUser || createOrganization ? { firstName } : null,
          createOrganization: createOrganization ?? false,
        })
        for (const note of notes) console.error(note)
        console.error(
          `Created a key of ${user} for ${describeRestrictions(key)}, scopes ${key.scopes.join(', ')}. Store it now: it is not shown again.`,
        )
        printResult(options, { token, ...summaryOf(key) }, token)
      }),
  )

command
  .command('list')
  .description('Lists the keys of all users, or of one. Shows masks; the keys themselves are not stored.')
  .option('--user <email>', 'only the keys of this user')
  .addOption(jsonOption())
  .action(({ user, ...options }: { user?: string } & JsonOption) =>
    withDatabase('keys list', async ({ db }) => {
      const keys = await listApiKeys(db, user ?? null)
      if (keys.length === 0) console.error('There are no keys.')
      printResult(options, keys, keys.length === 0 ? null : formatTable([tableHead, ...keys.map(toTableRow)], 'left'))
    }),
  )

command
  .command('revoke')
  .description('Deletes a key, which is no longer valid.')
  .argument('<id-or-mask>', 'the id or mask of the key, from `list`')
  .action((idOrMask: string) =>
    withDatabase('keys revoke', async ({ db }) => {
      const { mask, label, user } = await revokeApiKey(db, idOrMask)
      console.error(`The key ${mask} of ${user.email} (${label}) is revoked.`)
    }),
  )

function commaSeparated(text: string, previous: string[] = []): string[] {
  const parts = text.split(',').map((part) => part.trim())
  return [...previous, ...parts.filter((part) => part !== '')]
}

function projectNumbers(text: string, previous: number[] = []): number[] {
  const parts = commaSeparated(text)
  if (parts.length === 0 || parts.some((part) => !/^[0-9]+$/.test(part)))
    throw new InvalidArgumentError('Use the number of a project, or several separated by commas.')
  return [...previous, ...parts.map(Number)]
}

/** The parts of a new key that a list also shows. */
function summaryOf({ id, mask, label, scopes, scopedProjects, scopedOrganizations, createdAt }: PersonalApiKey) {
  return { id, mask, label, scopes, scopedProjects, scopedOrganizations, createdAt }
}

function describeRestrictions({
  scopedProjects,
  scopedOrganizations,
}: Pick<ApiKeySummary, 'scopedProjects' | 'scopedOrganizations'>): string {
  const parts = [...scopedOrganizations.map((id) => `organization ${id}`), ...scopedProjects.map((id) => `project ${id}`)]
  return parts.length === 0 ? 'everything' : parts.join(', ')
}

const tableHead = ['ID', 'MASK', 'USER', 'LABEL', 'SCOPES', 'ONLY FOR', 'CREATED', 'LAST USED']

function toTableRow(key: ApiKeySummary): string[] {
  return [
    key.id,
    key.mask,
    key.user.isActive ? key.user.email : `${key.user.email} (deactivated)`,
    key.label,
    key.scopes.join(','),
    describeRestrictions(key),
    formatMinute(key.createdAt),
    key.lastUsedAt === null ? 'never' : formatMinute(key.lastUsedAt),
  ]
}

/** A time in UTC, to the minute. */
function formatMinute(moment: Date): string {
  return `${moment.toISOString().slice(0, 16)}Z`
}
