/**
 * The shapes that the service answers with, and what the page keeps. Types only: nothing here runs.
 *
 * @typedef {'county'|'township'|'village'|'grid'} Level
 * @typedef {'visited'|'partly'|'not_home'|'refused'|'moved_away'|'vacant'|'demolished'|'not_found'|'duplicate'|'deferred'} Outcome
 *
 * @typedef {object} Info
 * @property {string} name  of the place
 * @property {string} version
 * @property {number} seq  of the last change
 * @property {string} as_of  RFC 3339
 * @property {[number, number, number, number] | null} bbox  west, south, east, north in degrees
 * @property {boolean} sample  true: the store holds labelled sample data
 * @property {string[]} attribution  plain text
 * @property {Record<Level, number>} levels  how many areas of each level
 *
 * @typedef {object} Me
 * @property {string} name
 * @property {string} role
 * @property {string[]} areas
 * @property {string[]} may
 *
 * @typedef {object} Row  one area's coverage
 * @property {string} code
 * @property {string} name
 * @property {Level} level
 * @property {string | null} parent
 * @property {number} eligible
 * @property {number} visited
 * @property {number} unvisited
 * @property {number | null} rate  0 to 1; null when nobody is eligible
 * @property {Record<Outcome, number>} by_outcome
 * @property {boolean} [held_back]  true: its figures are not published, and count as none here
 * @property {string} [oldest]  of published figures: the moment of the oldest count
 * @property {string} [newest]  of the newest
 *
 * @typedef {{campaign: number | null, as_of: string | null, edition?: number | null, areas: Row[]}} Coverage  `as_of`: null where nothing was published
 * @typedef {{number: number, campaign: number, at: string, level: Level, areas: {shown: number, held_back: number}}} Edition
 * @typedef {Edition & {moved: number, closed: number}} EditionPreview
 * @typedef {{code: string, name: string, level: Level, parent: string | null, bbox: [number, number, number, number], area_m2: number}} Area
 * @typedef {{code: string, lon: number, lat: number, address: string | null, status: string, area: string | null, outcome: Outcome | null, called_at: string | null}} Unvisited
 * @typedef {{total: number, households: Unvisited[]}} UnvisitedList
 * @typedef {{code: string, lon: number, lat: number, address: string | null, status: string, persons: number | null, contact?: string, needs?: string, sealed?: true, caller?: string, area: string | null, areas: string[], visits: Visit[], kept?: KeptLine}} Household  sealed: contact or needs are known, and the service has no key that opens them; kept: it is what this device keeps
 * @typedef {{as_of: string, outcome: Outcome | null, called_at: string | null}} KeptLine  with the visit that stood for it then
 * @typedef {'planned' | 'running' | 'ended' | 'closed'} CampaignPhase  ended: late visits still come in
 * @typedef {{id: number, name: string, theme: string, from: string, to: string, revisit_days: number | null, need_days: number | null, phase: CampaignPhase}} Campaign
 * @typedef {{name: string, theme: string, from: string, to: string, revisit_days: number | null, need_days: number | null, closed?: boolean, target?: {filter?: string, households?: string[]}}} CampaignInput
 * @typedef {{total: number, households: string[]}} Undecided
 * @typedef {{seq: number, at: string, by: string, added: number, removed: number, reason: string}} Decision
 * @typedef {{campaign: number, households: number | null, decisions: Decision[], gone: Undecided, new: Undecided}} Target  households: null where it was never fixed
 * @typedef {{add?: string[], remove?: string[], reason: string}} DecisionInput
 * @typedef {{id: string, at: string, outcome: Outcome, campaign: number | null, by: string, minutes?: number, needs?: string, far?: true, void?: 'corrected' | 'withdrawn'}} Visit  void: it stands no more
 * @typedef {{lon: number, lat: number, accuracy_m: number}} Fix  where somebody stood, and within how many metres that is sure
 * @typedef {{note?: string, needs?: string, minutes?: number, position?: Fix, corrects?: string}} VisitMore  what a visit may say beside its outcome
 * @typedef {{flag: 'far', away_m: number} | {flag: 'not_in_target'} | {flag: 'not_eligible'}} VisitFlag
 * @typedef {{type: 'area' | 'household', code: string, name: string, level?: Level, lon: number, lat: number, bbox?: [number, number, number, number]}} Found
 *
 * @typedef {object} Change  one event of the live stream
 * @property {number} seq
 * @property {Record<string, string[]>} tiles  "z/x/y" by layer
 * @property {string[]} areas  codes whose figures moved
 * @property {number | null} campaign
 * @property {boolean} reset  true: everything may have changed
 * @property {number | null} [edition]  the edition that was published
 * @property {number[]} [plans]  ids of plans that were changed, drawn on or computed
 * @property {string[]} [teams]  codes of teams in which households were given to others
 *
 * @typedef {object} View  what a person sees, as it stands in the address
 * @property {{lng: number, lat: number, zoom: number} | null} at  null: the whole place
 * @property {number | null | undefined} campaign  null: all visits; undefined: the current one, as soon as it is known
 * @property {string | null} area
 * @property {string | null} household
 * @property {boolean} hidden  true: households are switched off
 * @property {number | 'list' | 'new' | null} plan  null: no plan, but the households
 * @property {'rules' | 'draw' | null} task  what is worked on in the plan
 * @property {number | null} beside  a plan to compare with
 * @property {boolean} split  true: both plans stand on the map, each on its own
 * @property {string | null} rule  the rule whose cost the map shows
 * @property {[number, number] | null} why  longitude and latitude of the place that is asked about
 * @property {Level | null} rates  the level whose rates are compared; null: none are
 * @property {'satisfaction' | 'codes' | null} figure  what of the areas is looked at; null: coverage
 * @property {string | null} within  the area in which they are
 * @property {string[]} compare  two areas at most that are laid side by side
 * @property {boolean} today  true: the list of whom to visit next
 * @property {string | null} member  whose list it is; null: of whoever asks
 * @property {boolean} ledger  true: the ledger goes out and comes back
 * @property {'list' | 'new' | 'edit' | 'plan' | 'now' | null} teams  what of the teams is shown; null: nothing
 * @property {string | null} team  the code of the one
 * @property {boolean} calendar  true: the campaigns, beside one another in time
 * @property {'en' | 'zh'} lang
 * @property {'light' | 'dark'} theme
 *
 * @typedef {{en: string, zh: string}} Words
 * @typedef {{line: number, key: string, reason: string}} Fault
 * @typedef {{id: string, name: Words, jurisdiction: Words, source: string, year: number | null, note: Words, weak: boolean}} RuleSetHead
 * @typedef {{key: string, text: Words, measured: boolean}} OneRule
 * @typedef {RuleSetHead & {rules: OneRule[], unmeasured: string[], toml: string}} RuleSet
 * @typedef {{stalls: number, length_m: number}} Loss
 * @typedef {{rule: string, text: Words, alone: Loss, in_order: Loss, freed: Loss}} RuleCost  what is lost by the rule alone, in its turn, and regained without it
 * @typedef {'running' | 'ready' | 'failed' | 'stopped'} RunState  stopped: until somebody begins it again, or it changes
 * @typedef {'draft' | 'consultation' | 'published' | 'ended'} Phase
 * @typedef {{id: number, name: string, phase: Phase, rules: string, state: RunState | 'waiting', stalls?: number, length_m?: number}} PlanHead
 * @typedef {{rule: string, limit: number, stalls: number, pass: boolean, text?: Words}} Cap
 * @typedef {string | {rule: string, text: Words}} Unmeasured
 * @typedef {string | import('geojson').Polygon | import('geojson').MultiPolygon} Within  the code of an area, or a surface
 *
 * @typedef {object} Plan
 * @property {number} id
 * @property {string} name
 * @property {Phase} phase
 * @property {string} rules  id of its rule set
 * @property {RunState} state  what is told of lawful places is there once it is ready
 * @property {string} [error]
 * @property {number} progress  0 to 1
 * @property {number} stalls
 * @property {number} length_m
 * @property {number} area_m2
 * @property {Loss} without_rules
 * @property {RuleCost[]} by_rule
 * @property {Unmeasured[]} unmeasured
 * @property {Cap[]} caps
 * @property {{of: number, streets: number, carriageway: number, lanes: number, footway: number}} assumed
 * @property {{rules_sha256: string, context_seq: number, zones_seq: number, plan_seq: number}} made_of
 * @property {string} by
 * @property {string} changed_at
 * @property {string} reason
 * @property {Within} [within]
 * @property {boolean} [zones_only]
 * @property {Record<string, any>} [widths]
 *
 * @typedef {{name: string, rules?: string, rules_text?: string, within?: Within, zones_only?: boolean, widths?: Record<string, any>, phase?: Phase, reason?: string}} PlanInput
 * @typedef {{rule: string, text: Words, measured: number | string | null, required: number | string | null, unit: string, pass: boolean | null}} Reason
 * @typedef {{value: number, known: 'measured' | 'tagged' | 'assumed'}} Told
 * @typedef {{code: string, name: string | null, class: string, side: 'left' | 'right' | null, clear_width_m: number | null, assumed: boolean, widths: {carriageway: Told, lanes: Told, left: Told, right: Told}}} WhyStreet
 * @typedef {{legal: boolean, rules: Reason[], street: WhyStreet | null, nearest: {lon: number, lat: number, distance_m: number} | null}} Why
 *
 * @typedef {'below_998' | 'below_95' | 'within' | 'above_95' | 'above_998'} Position  beside the limits of chance
 * @typedef {'name' | 'size' | 'verdict'} RateSort
 * @typedef {{code: string, name: string, level: Level, parent: string | null, eligible: number, visited: number, rate: number | null}} RateArea
 * @typedef {RateArea & {position: Position | null, by_chance: Position | null, rank: {best: number, worst: number} | null}} RateRow  `position`: with the scatter that all areas show
 * @typedef {{eligible: number, lower_998: number, lower_95: number, upper_95: number, upper_998: number}} Limits  for an area of that size
 * @typedef {{a: RateArea, b: RateArea, difference: number, lower: number, upper: number, verdict: 'cannot_tell' | 'a_higher' | 'b_higher'}} Difference
 *
 * @typedef {object} Rates
 * @property {number | null} campaign
 * @property {string} as_of
 * @property {Level} level
 * @property {{eligible: number, visited: number, rate: number | null}} overall
 * @property {{phi: number, tau_squared: number} | null} dispersion
 * @property {Limits[]} limits  by rising size
 * @property {RateRow[]} areas
 *
 * @typedef {'satisfied' | 'not_satisfied' | 'no_answer'} Answer
 * @typedef {{asked: number, answered: number, no_answer: number | null, rate: number | null, range?: 'none_or_nearly' | 'all_or_nearly', lower: number | null, upper: number | null, method: 'wilson' | 'jeffreys' | 'finite' | null}} Satisfied  `range`: in place of a rate that would tell what each answered
 * @typedef {Satisfied & {code: string, name: string, parent: string | null, position: Position | null}} SatisfiedArea
 * @typedef {{campaign: number | null, as_of: string, level: Level, overall: Satisfied, areas: SatisfiedArea[]}} Satisfaction
 * @typedef {'vacant' | 'demolished' | 'duplicate'} Exclusion  codes that take a household out of the count
 * @typedef {Record<Exclusion, number> & {member: string, households: number, share: number, signs: {code: Exclusion | 'any', share: number, overall: number, beyond_scatter: boolean}[]}} MemberCodes
 * @typedef {{campaign: number | null, as_of: string, members: MemberCodes[]}} Codes
 *
 * @typedef {{eligible: number, reached: number[]}} Grown  reached by the end of each week
 * @typedef {{campaign: number, as_of: string, level: Level, weeks: {number: number, from: string, to: string}[], overall: Grown, areas: (Grown & {code: string, name: string})[]}} Weeks
 *
 * @typedef {{kind: 'left_to_do' | 'overdue' | 'due_soon' | 'not_reached' | 'on_the_way', days?: number, metres?: number}} WaitReason
 * @typedef {Unvisited & {reason: WaitReason, leg_m: number}} Waiting  `leg_m`: from the one before, as the crow flies
 * @typedef {{campaign: number | null, as_of: string, waiting: number, length_m: number, households: Waiting[]}} Worklist  in the order of the walk
 *
 * @typedef {{id: string, result: 'stored' | 'repeated' | 'refused', reason?: string, flags?: VisitFlag[]}} Logged  what became of a visit that was sent
 * @typedef {{code: string, name: string, members: {user: string, from: string, to: string | null, active: boolean}[], areas: {area: string, name: string | null, from: string, to: string | null, active: boolean}[]}} Team  `active`: today
 * @typedef {{name: string, members: {user: string, from: string, to: string | null}[], areas: {area: string, from: string, to: string | null}[]}} TeamInput
 * @typedef {{from: string, to: string, kept: boolean}} TeamLine  `kept`: it began before today and stays
 * @typedef {{code: string, name: string, fresh: boolean, touched: boolean, members: (TeamLine & {user: string})[], areas: (TeamLine & {area: string})[]}} TeamForm  as it is typed
 * @typedef {{households: number, minutes: number, walk_m: number, needs: number, left: number}} MemberLoad
 * @typedef {{user: string, share: number, allowed_minutes: [number, number], before: MemberLoad, after: MemberLoad}} MemberPlan
 * @typedef {{code: string, lon: number, lat: number, from: string | null, to: string, why: 'stays' | 'new' | 'left' | 'nearer' | 'balance', gain_m?: number}} HouseholdMove
 *
 * @typedef {object} AssignmentPlan  who would call on whom; nothing is assigned before it is taken
 * @property {string} plan  by which it is taken
 * @property {string} team
 * @property {string} on
 * @property {{threshold_m: number, tolerance: number, call_minutes: number, need_minutes: number, metres_a_minute: number}} terms
 * @property {number} total
 * @property {number} moves
 * @property {number} new
 * @property {number} gain_m
 * @property {{before: number | null, after: number | null}} spread
 * @property {number | null} over_least
 * @property {MemberPlan[]} members  by name
 * @property {HouseholdMove[]} households
 *
 * @typedef {{team: string, on: string, total: number, without: number, members: {user: string, active: boolean, households: number}[], households: {code: string, lon: number, lat: number, member: string | null}[]}} Assignment  who calls on whom now
 *
 * @typedef {'zones' | 'spots'} Kind
 * @typedef {'allowed' | 'restricted' | 'forbidden'} ZoneClass
 * @typedef {{plan: number, class?: ZoneClass, name?: string, stalls?: number, hours?: string[] | null, season?: string[] | null, reason?: string, by?: string, changed_at?: string, version?: number}} DrawnProps
 * @typedef {{type: 'Feature', id?: string, geometry: any, properties: DrawnProps}} Drawn  a zone or a spot, as the service keeps it
 *
 * @typedef {'offline' | 'failed' | 'refused' | 'expired' | 'link'} Trouble
 *
 * @typedef {'number' | 'code' | 'area' | 'area_name' | 'address' | 'persons' | 'status' | 'contact' | 'needs' | 'called_on' | 'outcome' | 'caller' | 'blank'} LedgerField
 * @typedef {{field: LedgerField, cell: string, map: string | null, ledger: string | null, before?: string | null}} LedgerChange  before: absent where nobody knows
 * @typedef {{row: number, code: string, address: string | null, fields: LedgerChange[]}} LedgerRow
 * @typedef {{code: string, address: string | null, area: string | null, score: number, fields: LedgerChange[]}} LedgerCandidate
 * @typedef {{row: number, code: string | null, address: string | null, candidates: LedgerCandidate[], not_looked_for: boolean}} LedgerUnmatched
 * @typedef {{cell: string, column: string, field: LedgerField, value: string, kind: string, expected?: Record<string, number | string[]>, reason: string, read_only: boolean}} LedgerProblem  kind: the page may be older than the service
 * @typedef {Record<'rows' | 'unchanged' | 'changed' | 'conflicts' | 'unmatched' | 'problems' | 'newer' | 'missing' | 'ignored' | 'formulas', number>} LedgerCounts
 * @typedef {{map: string, area: string, campaign: number | null, seq: number, at: string, households: number, sample: boolean}} LedgerOrigin
 * @typedef {{sheet: string, origin: LedgerOrigin | null, seq: number, columns: {column: string, header: string, field: LedgerField | null}[], counts: LedgerCounts, hidden: {rows: number, columns: string[], sheets: string[]}, changes: LedgerRow[], conflicts: LedgerRow[], unmatched: LedgerUnmatched[], problems: LedgerProblem[]}} LedgerCheck
 * @typedef {{code: string, fields: {field: LedgerField, from: string | null, to: string | null}[]}} LedgerDecision
 * @typedef {{code: string, result: 'stored' | 'same' | 'conflict' | 'refused', reason?: string}} LedgerResult
 * @typedef {{area: string, name: string, sheet: string, lang: 'en' | 'zh', title?: string[], columns: {field: LedgerField, header: string, width: number}[]}} LedgerLayout
 * @typedef {{template: LedgerLayout, head: number, sure: ('known' | 'close' | 'unknown' | 'added')[]}} LedgerProposal
 */
