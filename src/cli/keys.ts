import { Command, InvalidArgumentError } from 'commander'
import { type ApiKeySummary, createApiKey, listApiKeys, revokeApiKey } from '../auth/apiKeyAdmin.ts'
import { allScopes } from '../auth/scopes.ts'
import { formatTable } from '../platform/table.ts'
import { withDatabase } from './withDatabase.ts'

interface CreateOptions {
  user: string
  scopes: string[]
  label: string
  project?: number[]
  organization?: string[]
  createUser?: true
  firstName?: string
  createOrganization?: true
}

export const command = new Command('npm run keys --').description('Personal API keys: what callers send as `Authorization: Bearer <key>`.')

command
  .command('create')
  .description('Makes a key and prints it: the one time that anybody sees it, since only its hash is kept.')
  .requiredOption('--user <email>', 'whose key it is')
  .requiredOption('--scopes <scopes>', `what it may do, with commas between: ${allScopes.join(', ')}`, commaSeparated)
  .option('--label <text>', 'what it is for, 40 characters at most', 'made at the command line')
  .option('--project <number>', 'only for this project; repeat it, or put commas between several', projectNumbers)
  .option('--organization <id-or-name>', 'only for this organization; repeat it for several', collect)
  .option('--create-user', 'makes the user where there is none, and a member of the organization (of the only one, if none is named)')
  .option('--first-name <name>', 'the first name of a user who is made')
  .option('--create-organization', 'makes the organization, and the user as its owner: for a database that is new')
  .addHelpText('after', '\nThe key is all there is on standard output: KEY=$(npm run -s keys -- create …) takes it.')
  .action(({ user, scopes, label, project = [], organization = [], createUser, firstName = '', createOrganization }: CreateOptions) =>
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
      console.error(`A key of ${user} for ${describeRestrictions(key)}, scopes ${key.scopes.join(', ')}. Keep it: it is not shown again.`)
      console.log(token)
    }),
  )

command
  .command('list')
  .description('Prints the keys of everybody, or of one user. Their tokens are not known to anybody.')
  .option('--user <email>', 'whose keys')
  .action(({ user }: { user?: string }) =>
    withDatabase('keys list', async ({ db }) => {
      const keys = await listApiKeys(db, user ?? null)
      if (keys.length === 0) console.error('There are no keys.')
      else console.log(formatTable([tableHead, ...keys.map(toTableRow)], 'left'))
    }),
  )

command
  .command('revoke')
  .description('Deletes a key: it is not valid any more.')
  .argument('<id-or-mask>', 'which one, as `list` shows it')
  .action((idOrMask: string) =>
    withDatabase('keys revoke', async ({ db }) => {
      const { mask, label, user } = await revokeApiKey(db, idOrMask)
      console.error(`The key ${mask} of ${user.email} (${label}) is revoked.`)
    }),
  )

function commaSeparated(text: string, before: string[] = []): string[] {
  const parts = text.split(',').map((part) => part.trim())
  return [...before, ...parts.filter((part) => part !== '')]
}

function projectNumbers(text: string, before: number[] = []): number[] {
  const parts = commaSeparated(text)
  if (parts.length === 0 || parts.some((part) => !/^[0-9]+$/.test(part))) throw new InvalidArgumentError('It must be a number, or several.')
  return [...before, ...parts.map(Number)]
}

/** Names may have commas in them. */
function collect(text: string, before: string[] = []): string[] {
  return [...before, text]
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

/** A moment in UTC, to the minute. */
function formatMinute(moment: Date): string {
  return `${moment.toISOString().slice(0, 16)}Z`
}
