import { type ReactNode, useState } from 'react'
import { type Outcome, useChange } from '../api/useChange.ts'
import { useRead } from '../api/useRead.ts'
import {
  type ApprovalOperator,
  CreatePolicyDocument,
  DeletePolicyDocument,
  type GatedAction,
  type OrganizationMembershipLevel,
  type PolicyChoicesQuery,
  PolicyPeopleDocument,
  type PolicyPersonFragment,
  UpdatePolicyDocument,
} from '../generated/graphql.ts'
import { Choice } from '../ui/Choice.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { SearchInput } from '../ui/SearchBox.tsx'
import { OutcomeNote } from '../ui/States.tsx'
import { gatedAction, lower, nameOf } from '../ui/words.ts'
import { type ConditionKind, compares, conditionNames, kindsOf, operatorNames } from './policyCondition.ts'
import { createInput, formOf, type Policy, type PolicyForm, problemOf, toggled, updateInput } from './policyForm.ts'

/** The people and roles to choose from. */
export type Choices = NonNullable<PolicyChoicesQuery['project']>['organization']

const actions: GatedAction[] = [
  'FEATURE_FLAG_ENABLE',
  'FEATURE_FLAG_DISABLE',
  'FEATURE_FLAG_UPDATE',
  'FEATURE_FLAG_DELETE',
  'EXPERIMENT_LAUNCH',
  'EXPERIMENT_PAUSE',
  'EXPERIMENT_UPDATE',
  'EXPERIMENT_HOLDOUT_UPDATE',
  'EXPERIMENT_HOLDOUT_DELETE',
]
const levels: OrganizationMembershipLevel[] = ['MEMBER', 'ADMIN', 'OWNER']

/** Asks for all values of a policy. It stays open until they are accepted. */
export function PolicyEditor({
  policy,
  choices,
  project,
  onDone,
  onClose,
}: {
  /** Null for a new one. */
  policy: Policy | null
  choices: Choices
  project: string
  onDone: (what: string) => void
  onClose: () => void
}) {
  const [form, setForm] = useState(() => formOf(policy))
  const [outcome, setOutcome] = useState<Outcome<unknown> | null>(null)
  const { busy, change } = useChange()
  const problem = problemOf(form)
  const set = (values: Partial<PolicyForm>) => {
    setOutcome(null)
    setForm({ ...form, ...values })
  }
  const save = async () => {
    const next =
      policy === null
        ? await change(CreatePolicyDocument, { input: createInput(form, project) })
        : await change(UpdatePolicyDocument, { input: updateInput(form, policy.id) })
    setOutcome(next)
    if (next.kind === 'done') onDone(`${policy === null ? 'Created' : 'Changed'}: ${gatedAction(form.actionKey)}.`)
  }
  const possible = kindsOf(form.actionKey)
  const kinds = possible.includes(form.condition.kind) ? possible : [form.condition.kind, ...possible]
  const people = byId([...choices.members.nodes.map(({ user }) => user), ...(policy?.approverUsers ?? [])])
  const roles = byId([...choices.roles.nodes, ...(policy?.approverRoles ?? []), ...(policy?.bypassRoles ?? [])])

  return (
    <ConfirmDialog
      title={policy === null ? 'New policy' : `Change the policy: ${gatedAction(policy.actionKey)}`}
      confirm={policy === null ? 'Create it' : 'Save'}
      busy={busy}
      blocked={problem !== null}
      onConfirm={() => void save()}
      onClose={onClose}
    >
      {policy === null && (
        <>
          <Choice
            label="Guards"
            value={form.actionKey}
            options={actions.map((id) => ({ id, name: gatedAction(id) }))}
            onChange={(id) => set({ actionKey: id as GatedAction, condition: formOf(null).condition })}
          />
          <Check checked={form.organizationWide} onChange={(organizationWide) => set({ organizationWide })}>
            In all projects of the organization
          </Check>
        </>
      )}
      {kinds.length > 1 && (
        <Choice
          label="Which changes"
          value={form.condition.kind}
          options={kinds.map((id) => ({ id, name: conditionNames[id] }))}
          onChange={(id) => set({ condition: { ...form.condition, kind: id as ConditionKind } })}
        />
      )}
      {compares(form.condition.kind) && (
        <div className="side-by-side">
          <Choice
            label="Comparison"
            value={form.condition.operator}
            options={Object.entries(operatorNames).map(([id, name]) => ({ id, name }))}
            onChange={(id) => set({ condition: { ...form.condition, operator: id as ApprovalOperator } })}
          />
          <label className="field">
            Percent
            <input
              className="input"
              inputMode="decimal"
              value={form.condition.value}
              onChange={({ target }) => set({ condition: { ...form.condition, value: target.value } })}
            />
          </label>
        </div>
      )}
      <div className="side-by-side">
        <label className="field">
          Approvals needed
          <input
            className="input"
            inputMode="numeric"
            value={form.quorum}
            onChange={({ target }) => set({ quorum: target.value })}
            aria-invalid={problem !== null && /approvals are needed/.test(problem)}
          />
        </label>
        <label className="field">
          Days until it expires
          <input className="input" inputMode="decimal" value={form.days} onChange={({ target }) => set({ days: target.value })} />
        </label>
      </div>
      <Checks legend="Who may approve">
        <People
          all={people}
          more={choices.members.pageInfo.hasNextPage}
          chosen={form.users}
          project={project}
          onChange={(id, chosen) => set({ users: toggled(form.users, id, chosen) })}
        />
        {roles.map(({ id, name }) => (
          <Check key={id} checked={form.roles.has(id)} onChange={(chosen) => set({ roles: toggled(form.roles, id, chosen) })}>
            {name} <span className="faint">role</span>
          </Check>
        ))}
      </Checks>
      <Checks legend="Who needs no approval">
        {levels.map((level) => (
          <Check
            key={level}
            checked={form.bypassLevels.has(level)}
            onChange={(chosen) => set({ bypassLevels: toggled(form.bypassLevels, level, chosen) })}
          >
            All {lower(level)}s
          </Check>
        ))}
        {roles.map(({ id, name }) => (
          <Check
            key={id}
            checked={form.bypassRoles.has(id)}
            onChange={(chosen) => set({ bypassRoles: toggled(form.bypassRoles, id, chosen) })}
          >
            {name} <span className="faint">role</span>
          </Check>
        ))}
      </Checks>
      <Check checked={form.allowSelfApprove} onChange={(allowSelfApprove) => set({ allowSelfApprove })}>
        Who asks may vote too
      </Check>
      <Check checked={form.enabled} onChange={(enabled) => set({ enabled })}>
        In force
      </Check>
      {problem !== null && <p className="faint">{problem}</p>}
      <OutcomeNote outcome={outcome} done="" project={project} />
    </ConfirmDialog>
  )
}

/** Asks before a policy is deleted. */
export function PolicyDeletion({
  policy,
  project,
  onDone,
  onClose,
}: {
  policy: Policy
  project: string
  onDone: (what: string) => void
  onClose: () => void
}) {
  const [outcome, setOutcome] = useState<Outcome<unknown> | null>(null)
  const { busy, change } = useChange()
  const remove = async () => {
    const next = await change(DeletePolicyDocument, { input: { id: policy.id } })
    setOutcome(next)
    if (next.kind === 'done') onDone(`Deleted: ${gatedAction(policy.actionKey)}.`)
  }
  return (
    <ConfirmDialog
      title={`Delete the policy: ${gatedAction(policy.actionKey)}`}
      confirm="Delete"
      danger
      busy={busy}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <p>
        Such changes are made at once from then on{policy.project === null ? ', in all projects of the organization' : ''}. Requests that
        wait already stay, with the rules of the policy.
      </p>
      <OutcomeNote outcome={outcome} done="" project={project} />
    </ConfirmDialog>
  )
}

type Person = PolicyPersonFragment

/** People to choose from. In an organization of many, somebody else is found by name or address, and stays in the list once chosen. */
function People({
  all,
  more,
  chosen,
  project,
  onChange,
}: {
  all: readonly Person[]
  /** Whether the organization has others. */
  more: boolean
  chosen: ReadonlySet<string>
  project: string
  onChange: (id: string, chosen: boolean) => void
}) {
  const [search, setSearch] = useState('')
  const [others, setOthers] = useState<readonly Person[]>([])
  const found = useRead(PolicyPeopleDocument, { project, search }, { pause: search === '' })
  const hits = search === '' ? null : (found.data?.project?.organization.members.nodes.map(({ user }) => user) ?? [])
  const known = byId([...all, ...others])
  const shown = hits === null ? known : byId([...known.filter(({ id }) => chosen.has(id)), ...hits])
  const choose = (person: Person, isChosen: boolean) => {
    if (isChosen) setOthers(byId([...others, person]))
    onChange(person.id, isChosen)
  }
  return (
    <>
      {more && <SearchInput label="Find a person" searched={search} onSearch={setSearch} />}
      {shown.map((person) => (
        <Check key={person.id} checked={chosen.has(person.id)} onChange={(isChosen) => choose(person, isChosen)}>
          {nameOf(person)} <span className="faint">{person.email}</span>
        </Check>
      ))}
      {hits?.length === 0 && !found.loading && <p className="faint">Nobody has this text in their name or address.</p>}
    </>
  )
}

function Checks({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className="checks-field">
      <legend>{legend}</legend>
      {children}
    </fieldset>
  )
}

function Check({ checked, onChange, children }: { checked: boolean; onChange: (checked: boolean) => void; children: ReactNode }) {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={({ target }) => onChange(target.checked)} />
      <span>{children}</span>
    </label>
  )
}

const byId = <Thing extends { id: string }>(things: readonly Thing[]): Thing[] => [
  ...new Map(things.map((thing): [string, Thing] => [thing.id, thing])).values(),
]
