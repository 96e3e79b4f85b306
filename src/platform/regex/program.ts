import { foldCase, isWordChar } from './characters.ts'
import { type Assertion, type CharClass, type ParsedPattern, type Pattern, parsePattern } from './syntax.ts'

// A machine for patterns with a bound on its steps. The engine of JavaScript has none and cannot be interrupted (docs/decisions/0028).
//
// A pattern becomes a list of instructions. The machine tries alternatives in their order, with a stack of its own. Without references to
// groups, the rest of the search depends only on the instruction and the position. Each pair is then tried once, so that the steps are at
// most the length of the program times that of the text. With references, only the bound ends a search.

/** Instructions of a program. A repetition writes its item several times. */
const maxProgramLength = 5_000
/** The most pairs of instruction and position that a search marks. It is 128 KB of bits. */
const maxMarks = 1_048_576

/** What a step costs where slots are copied, or pairs are marked one by one: as much more as it takes longer. */
const slowStep = 8

const op = { char: 0, set: 1, split: 2, jump: 3, assert: 4, look: 5, atomic: 6, save: 7, reference: 8, check: 9, match: 10 } as const

interface Instruction {
  op: number
  /** The next instruction of `jump`, the first choice of `split`, the character of `char`, the slot of `save` and `check`, the group. */
  a: number
  /** The second choice of `split`, the instruction after `look` and `atomic`. */
  b: number
  backwards: boolean
  /** `look`: negated. `reference`: case does not count. */
  flag: boolean
  set: CharClass | null
  assertion: Assertion | null
}

/** What a search may still do. It is shared by all searches of a request. */
export interface Work {
  steps: number
}

export interface Program {
  instructions: Instruction[]
  slots: number
  /** Whether the search depends on what groups have matched. */
  remembers: boolean
}

/** Compiles a pattern. Null when it is invalid or too large. */
export function compilePattern(text: string): Program | null {
  const parsed = parseBounded(text)
  return parsed === null ? null : new Compiler(parsed).program
}

/** Parses a pattern. Null when it is invalid, or its program would be too large. A program takes longer to write than its length to tell. */
export function parseBounded(text: string): ParsedPattern | null {
  const parsed = parsePattern(text)
  return parsed === null || lengthOf(parsed.pattern, parsed.hasReferences) >= maxProgramLength ? null : parsed
}

/** How many instructions a pattern becomes. */
function lengthOf(pattern: Pattern, remembers: boolean): number {
  switch (pattern.type) {
    case 'sequence':
      return pattern.items.reduce((sum, item) => sum + lengthOf(item, remembers), 0)
    case 'choice':
      return pattern.options.reduce((sum, option) => sum + lengthOf(option, remembers) + 2, -2)
    case 'repeat': {
      const length = lengthOf(pattern.item, remembers)
      if (pattern.max !== Number.POSITIVE_INFINITY) return pattern.min * length + (pattern.max - pattern.min) * (length + 1)
      return (pattern.min + 1) * length + 2 + (remembers && canBeEmpty(pattern.item) ? 2 : 0)
    }
    case 'group':
      return lengthOf(pattern.item, remembers) + (remembers ? 2 : 0)
    case 'look':
    case 'atomic':
      return lengthOf(pattern.item, remembers) + 2
    default:
      return 1
  }
}

class Compiler {
  readonly program: Program

  constructor({ pattern, groups, hasReferences }: ParsedPattern) {
    this.program = { instructions: [], slots: 2 * (groups + 1), remembers: hasReferences }
    this.#write(pattern, false)
    this.#emit({ op: op.match })
  }

  #emit(instruction: Partial<Instruction> & { op: number }): Instruction {
    const complete = { a: 0, b: 0, backwards: false, flag: false, set: null, assertion: null, ...instruction }
    this.program.instructions.push(complete)
    return complete
  }

  get #length(): number {
    return this.program.instructions.length
  }

  /** @param backwards inside look-behind, which reads from right to left */
  #write(pattern: Pattern, backwards: boolean): void {
    switch (pattern.type) {
      case 'char':
        this.#emit({ op: op.char, a: pattern.code, backwards })
        return
      case 'set':
        this.#emit({ op: op.set, set: pattern, backwards })
        return
      case 'sequence':
        for (const item of backwards ? pattern.items.toReversed() : pattern.items) this.#write(item, backwards)
        return
      case 'choice':
        this.#choice(pattern.options, backwards)
        return
      case 'repeat':
        this.#repeat(pattern, backwards)
        return
      case 'group': {
        const slot = 2 * pattern.index
        if (this.program.remembers) this.#emit({ op: op.save, a: backwards ? slot + 1 : slot })
        this.#write(pattern.item, backwards)
        if (this.program.remembers) this.#emit({ op: op.save, a: backwards ? slot : slot + 1 })
        return
      }
      case 'assertion':
        this.#emit({ op: op.assert, assertion: pattern.what })
        return
      case 'reference':
        this.#emit({ op: op.reference, a: pattern.index, flag: pattern.foldsCase, backwards })
        return
      case 'look':
      case 'atomic': {
        const isLook = pattern.type === 'look'
        const inside = isLook ? pattern.behind : backwards
        const start = this.#emit({ op: isLook ? op.look : op.atomic, flag: isLook && pattern.negated })
        this.#write(pattern.item, inside)
        this.#emit({ op: op.match })
        start.b = this.#length
      }
    }
  }

  #choice(options: readonly Pattern[], backwards: boolean): void {
    const ends: Instruction[] = []
    for (const [index, option] of options.entries()) {
      const isLast = index === options.length - 1
      const split = isLast ? null : this.#emit({ op: op.split, a: this.#length + 1 })
      this.#write(option, backwards)
      if (split === null) break
      ends.push(this.#emit({ op: op.jump }))
      split.b = this.#length
    }
    for (const end of ends) end.a = this.#length
  }

  #repeat({ item, min, max, lazy }: Pattern & { type: 'repeat' }, backwards: boolean): void {
    for (let n = 0; n < min; n++) this.#write(item, backwards)
    const turn = (split: Instruction, inside: number, outside: number) =>
      Object.assign(split, lazy ? { a: outside, b: inside } : { a: inside, b: outside })
    if (max === Number.POSITIVE_INFINITY) {
      const at = this.#length
      const split = this.#emit({ op: op.split })
      // A round that reads nothing would go on for ever. Where pairs are marked, they end it.
      const slot = this.program.remembers && canBeEmpty(item) ? this.program.slots++ : null
      if (slot !== null) this.#emit({ op: op.save, a: slot })
      this.#write(item, backwards)
      if (slot !== null) this.#emit({ op: op.check, a: slot })
      this.#emit({ op: op.jump, a: at })
      turn(split, at + 1, this.#length)
      return
    }
    const splits: { split: Instruction; inside: number }[] = []
    for (let n = min; n < max; n++) {
      splits.push({ split: this.#emit({ op: op.split }), inside: this.#length })
      this.#write(item, backwards)
    }
    for (const { split, inside } of splits) turn(split, inside, this.#length)
  }
}

function canBeEmpty(pattern: Pattern): boolean {
  switch (pattern.type) {
    case 'char':
    case 'set':
      return false
    case 'sequence':
      return pattern.items.every(canBeEmpty)
    case 'choice':
      return pattern.options.some(canBeEmpty)
    case 'repeat':
      return pattern.min === 0 || canBeEmpty(pattern.item)
    case 'group':
    case 'atomic':
      return canBeEmpty(pattern.item)
    default:
      return true
  }
}

/** Thrown inside a search only, when it may take no further step. */
class OutOfSteps extends Error {}
const outOfSteps = new OutOfSteps()

/** Whether a pattern is found anywhere in a text. Null when the search would take too many steps. */
export function findPattern(program: Program, text: string, maxSteps: number, work: Work): boolean | null {
  const allowed = Math.min(maxSteps, work.steps)
  // Reading the text takes steps too.
  if (allowed <= text.length >> 3) return null
  const search = new Search(program, text, allowed)
  try {
    return search.find()
  } catch (error) {
    if (error === outOfSteps) return null
    throw error
  } finally {
    work.steps -= allowed - Math.max(search.steps, 0)
  }
}

/** Which pairs of instruction and position have been tried. */
type Marks = Uint32Array | Set<number> | null

class Search {
  steps: number
  readonly #instructions: readonly Instruction[]
  readonly #chars: Uint32Array
  readonly #slots: number
  readonly #remembers: boolean
  /** What `look` and `atomic` found, by instruction and position: where their match ends, -1 for none. */
  readonly #found = new Map<number, number>()
  /** The slots after the last match. */
  #matched: readonly number[] = []

  constructor({ instructions, slots, remembers }: Program, text: string, steps: number) {
    this.#instructions = instructions
    this.#chars = Uint32Array.from(text, (char) => char.codePointAt(0) ?? 0)
    this.#slots = slots
    this.#remembers = remembers
    this.steps = steps - (this.#chars.length >> 3)
  }

  find(): boolean {
    const pairs = this.#instructions.length * (this.#chars.length + 1)
    const marks: Marks = this.#remembers ? null : pairs <= maxMarks ? new Uint32Array((pairs >> 5) + 1) : new Set()
    const none: readonly number[] = this.#remembers ? Array(this.#slots).fill(-1) : []
    for (let at = 0; at <= this.#chars.length; at++) if (this.#run(0, at, none, marks) >= 0) return true
    return false
  }

  /** The end of the first match that starts with this instruction at this position, -1 when there is none. */
  #run(start: number, from: number, initial: readonly number[], marks: Marks): number {
    const instructions = this.#instructions
    const chars = this.#chars
    const width = chars.length + 1
    const waiting: number[] = []
    const waitingSlots: (readonly number[])[] = []
    let pc = start
    let at = from
    let slots = initial
    const stepCost = marks instanceof Uint32Array ? 1 : slowStep
    for (;;) {
      this.steps -= stepCost
      if (this.steps < 0) throw outOfSteps
      let holds = marks === null || this.#mark(marks, pc * width + at)
      const instruction = instructions[pc] as Instruction
      if (holds) {
        switch (instruction.op) {
          case op.char:
          case op.set: {
            const index = instruction.backwards ? at - 1 : at
            const char = chars[index]
            const { set } = instruction
            if (set === null) holds = char === instruction.a
            else {
              this.steps -= set.weight >> 3
              holds = char !== undefined && set.test(char)
            }
            at = instruction.backwards ? at - 1 : at + 1
            pc++
            break
          }
          case op.split:
            waiting.push(instruction.b, at)
            if (this.#remembers) waitingSlots.push(slots)
            pc = instruction.a
            break
          case op.jump:
            pc = instruction.a
            break
          case op.assert:
            holds = this.#asserts(instruction.assertion as Assertion, at)
            pc++
            break
          case op.save:
            this.steps -= slots.length >> 6
            slots = slots.with(instruction.a, at)
            pc++
            break
          case op.check:
            holds = slots[instruction.a] !== at
            pc++
            break
          case op.look: {
            const end = this.#inner(pc, at, slots)
            holds = end >= 0 !== instruction.flag
            if (end >= 0 && !instruction.flag && this.#remembers) slots = this.#matched
            pc = instruction.b
            break
          }
          case op.atomic: {
            const end = this.#inner(pc, at, slots)
            holds = end >= 0
            if (holds && this.#remembers) slots = this.#matched
            at = end
            pc = instruction.b
            break
          }
          case op.reference: {
            const end = this.#reference(instruction, at, slots)
            holds = end >= 0
            at = end
            pc++
            break
          }
          default:
            this.#matched = slots
            return at
        }
      }
      if (holds) continue
      if (waiting.length === 0) return -1
      at = waiting.pop() as number
      pc = waiting.pop() as number
      if (this.#remembers) slots = waitingSlots.pop() as readonly number[]
    }
  }

  /** Marks a pair. False when it was marked before: nothing is found from there. */
  #mark(marks: Uint32Array | Set<number>, pair: number): boolean {
    if (marks instanceof Set) {
      if (marks.has(pair)) return false
      marks.add(pair)
      return true
    }
    const bit = 1 << (pair & 31)
    const word = marks[pair >> 5] as number
    if ((word & bit) !== 0) return false
    marks[pair >> 5] = word | bit
    return true
  }

  #inner(pc: number, at: number, slots: readonly number[]): number {
    if (this.#remembers) return this.#run(pc + 1, at, slots, null)
    const pair = pc * (this.#chars.length + 1) + at
    const known = this.#found.get(pair)
    if (known !== undefined) return known
    // Pairs of a match that was found are marked too, so each inner search has marks of its own.
    const end = this.#run(pc + 1, at, slots, new Set())
    this.#found.set(pair, end)
    return end
  }

  #reference({ a: group, backwards, flag }: Instruction, at: number, slots: readonly number[]): number {
    const [from = -1, to = -1] = [slots[2 * group], slots[2 * group + 1]]
    const length = to - from
    if (from < 0 || length < 0) return -1
    const start = backwards ? at - length : at
    if (start < 0 || start + length > this.#chars.length) return -1
    this.steps -= length
    for (let n = 0; n < length; n++) {
      const [one, other] = [this.#chars[from + n] as number, this.#chars[start + n] as number]
      if (one !== other && !(flag && foldCase(one) === foldCase(other))) return -1
    }
    return backwards ? start : start + length
  }

  #asserts(what: Assertion, at: number): boolean {
    const chars = this.#chars
    if (what === 'textStart') return at === 0
    if (what === 'textEnd') return at === chars.length
    if (what === 'lineStart') return at === 0 || chars[at - 1] === 10
    if (what === 'lineEnd') return at === chars.length || chars[at] === 10
    const isWord = (index: number) => index >= 0 && index < chars.length && isWordChar(chars[index] as number)
    return (isWord(at - 1) !== isWord(at)) === (what === 'wordEdge')
  }
}
