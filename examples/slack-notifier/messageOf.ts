import { escaped, linked } from './slack.ts'

/** An entry of the audit trail, as `trail.ts` reads it. */
export interface Entry {
  id: string
  activity: string
  createdAt: string
  resourceType: string | null
  resourceName: string | null
  before: Values
  after: Values
  user: { firstName: string; email: string } | null
  resource:
    | { __typename: 'FeatureFlag'; key: string }
    | { __typename: 'Experiment'; databaseId: number; name: string; featureFlag: { key: string } }
    | { __typename: 'ChangeRequest'; id: string; state: string; description: string; missingApprovals: number }
    | null
}

interface Values {
  active?: boolean
  startDate?: string | null
  endDate?: string | null
  featureFlag?: { active?: boolean }
}

/** The message about an entry. Null for changes that nobody needs to hear of at once. `page` is the address of the project's page. */
export function messageOf({ activity, resourceType, resourceName, before, after, user, resource }: Entry, page: string): string | null {
  const who = user === null ? 'Somebody' : escaped(user.firstName || user.email)
  const flagLink = (key: string) => linked(`${page}/flags/${encodeURIComponent(key)}`, key)
  // A bypass has an entry of its own. The entry of the change follows it.
  if (activity === 'bypassPolicy') return null
  if (resource === null) {
    // The flag is gone since: there is no page to link to.
    return resourceType === 'FEATURE_FLAG' ? switched(who, before, after, escaped(resourceName ?? '')) : null
  }
  switch (resource.__typename) {
    case 'FeatureFlag':
      return switched(who, before, after, flagLink(resource.key))
    case 'Experiment': {
      const name = linked(`${page}/experiments/${resource.databaseId}`, resource.name)
      if (before.startDate == null && after.startDate != null) return `${who} launched the experiment ${name}.`
      if (before.endDate == null && after.endDate != null) return `${who} ended the experiment ${name}.`
      const message = switched(who, before.featureFlag, after.featureFlag, flagLink(resource.featureFlag.key))
      return message === null ? null : `${message} The experiment ${name} uses it.`
    }
    case 'ChangeRequest': {
      // It may have been decided meanwhile.
      if (activity !== 'requestChange' || resource.state !== 'PENDING') return null
      const request = linked(`${page}/approvals/${encodeURIComponent(resource.id)}`, resource.description)
      return `${who} asks for a change that waits for approval: ${request} Approvals that it needs: ${resource.missingApprovals}.`
    }
  }
}

function switched(who: string, before: Values = {}, after: Values = {}, flag: string): string | null {
  if (before.active === undefined || after.active === undefined || before.active === after.active) return null
  return `${who} switched the flag ${flag} ${after.active ? 'on' : 'off'}.`
}
