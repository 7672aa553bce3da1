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
 *
 * @typedef {{campaign: number | null, as_of: string, areas: Row[]}} Coverage
 * @typedef {{id: number, name: string, theme: string, from: string, to: string}} Campaign
 * @typedef {{code: string, name: string, level: Level, parent: string | null, bbox: [number, number, number, number], area_m2: number}} Area
 * @typedef {{code: string, lon: number, lat: number, address: string | null, status: string, area: string | null, outcome: Outcome | null, called_at: string | null}} Unvisited
 * @typedef {{total: number, households: Unvisited[]}} UnvisitedList
 * @typedef {{id: string, at: string, outcome: Outcome, campaign: number | null, by: string}} Visit
 * @typedef {{code: string, lon: number, lat: number, address: string | null, status: string, persons: number | null, contact?: string, needs?: string, sealed?: true, area: string | null, areas: string[], visits: Visit[]}} Household  sealed: contact or needs are known, and the service has no key that opens them
 * @typedef {{type: 'area' | 'household', code: string, name: string, level?: Level, lon: number, lat: number, bbox?: [number, number, number, number]}} Found
 *
 * @typedef {object} Change  one event of the live stream
 * @property {number} seq
 * @property {Record<string, string[]>} tiles  "z/x/y" by layer
 * @property {string[]} areas  codes whose figures moved
 * @property {number | null} campaign
 * @property {boolean} reset  true: everything may have changed
 *
 * @typedef {object} View  what a person sees, as it stands in the address
 * @property {{lng: number, lat: number, zoom: number} | null} at  null: the whole place
 * @property {number | null | undefined} campaign  null: all visits; undefined: the current one, as soon as it is known
 * @property {string | null} area
 * @property {string | null} household
 * @property {boolean} hidden  true: households are switched off
 * @property {'en' | 'zh'} lang
 * @property {'light' | 'dark'} theme
 *
 * @typedef {'offline' | 'failed' | 'refused' | 'expired' | 'link'} Trouble
 */
export {};
