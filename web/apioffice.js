/** What the office asks the service: campaigns, ledgers, teams and who calls on whom, editions. Reached by `api.js`. */

import { ask, json, one } from './api.js';

/** @import * as T from './types.js' */

/** @returns {Promise<T.Edition[]>} the newest first */
export const editions = async () => (await json('api/editions')).editions;
/** @param {number} campaign @returns {Promise<T.EditionPreview>} */
export const previewEdition = (campaign) => json('api/editions/preview', { campaign });
/** @param {number} campaign @returns {Promise<T.Edition>} */
export const publishEdition = async (campaign) => (await ask('api/editions', { method: 'POST', body: { campaign } })).json();

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
/** The households of an area as a workbook. @param {string} area @param {number | null | undefined} campaign @param {'en' | 'zh'} lang @returns {Promise<Blob>} */
export async function ledger(area, campaign, lang) {
  const given = { area, lang, ...(campaign ? { campaign: String(campaign) } : {}) };
  return (await ask(`api/ledger?${new URLSearchParams(given)}`, { accept: '*/*' })).blob();
}
/** What a workbook would change; nothing is written. @param {Blob} file @returns {Promise<T.LedgerCheck>} */
export const checkLedger = async (file) => (await ask('api/ledger/check', { method: 'POST', body: file, type: XLSX })).json();
/** Stores what a person decided. @param {T.LedgerDecision[]} rows  at most 5,000 @returns {Promise<T.LedgerResult[]>} in the same order */
export const applyLedger = async (rows) => (await (await ask('api/ledger/apply', { method: 'POST', body: { rows } })).json()).results;
/** The layout of an office's own workbook. @param {Blob} file @returns {Promise<T.LedgerProposal>} */
export const readLayout = async (file) => (await ask('api/ledger/layouts/read', { method: 'POST', body: file, type: XLSX })).json();
/** @param {string} area @param {T.LedgerLayout} layout */
export const keepLayout = async (area, { name, sheet, lang, title, columns }) => void (await ask(`api/ledger/layouts/${one(area)}`, { method: 'PUT', body: { name, sheet, lang, title, columns } }));
/** Teams in whose areas the person has a say. @returns {Promise<{on: string, teams: T.Team[]}>} */
export const teams = () => json('api/teams');
/** @param {string} code @param {T.TeamInput} input */
export const putTeam = async (code, input) => void (await ask(`api/teams/${one(code)}`, { method: 'PUT', body: input }));
/** @param {string} team @param {{campaign: number | null, threshold_m: number, tolerance: number, shares: {user: string, share: number}[]}} terms @returns {Promise<T.AssignmentPlan>} */
export const planAssignment = async (team, terms) => (await ask(`api/teams/${one(team)}/assignment/plan`, { method: 'POST', body: terms })).json();
/** @param {string} team @param {string} plan @returns {Promise<{households: number}>} */
export const takeAssignment = async (team, plan) => (await ask(`api/teams/${one(team)}/assignment`, { method: 'POST', body: { plan } })).json();
/** @param {string} team @param {string} plan @returns {Promise<{households: number}>} */
export const undoAssignment = async (team, plan) => (await ask(`api/teams/${one(team)}/assignment?plan=${plan}`, { method: 'DELETE' })).json();
/** Who of a team calls on whom now. @param {string} team @returns {Promise<T.Assignment>} */
export const assignment = (team) => json(`api/teams/${one(team)}/assignment`);
/** Gives households to a member, or to nobody. @param {string} team @param {string | null} member @param {string[]} households @returns {Promise<{households: number}>} how many have another one now */
export const handOver = async (team, member, households) => (await ask(`api/teams/${one(team)}/assignment`, { method: 'POST', body: { ...(member === null ? {} : { member }), households } })).json();
/** @param {T.CampaignInput} input @returns {Promise<T.Campaign>} */
export const foundCampaign = async (input) => (await ask('api/campaigns', { method: 'POST', body: input })).json();
/** @param {number} id @param {T.CampaignInput} input @returns {Promise<T.Campaign>} */
export const changeCampaign = async (id, input) => (await ask(`api/campaigns/${id}`, { method: 'PUT', body: input })).json();
/** @param {number} id @returns {Promise<T.Target>} */
export const target = (id) => json(`api/campaigns/${id}/target`);
/** @param {number} id @param {T.DecisionInput} decision @returns {Promise<T.Target>} */
export const decide = async (id, decision) => (await ask(`api/campaigns/${id}/target`, { method: 'POST', body: decision })).json();
/** @param {T.Level} level @param {number | null | undefined} campaign @param {string | null} within @returns {Promise<T.Satisfaction>} */
export const satisfaction = (level, campaign, within) => json('api/satisfaction', { level, campaign, within });
/** Keeps what a household answered. The same id again is the same answer. @param {{id: string, household: string, campaign?: number, at: string, answer: T.Answer}} given @returns {Promise<string | null>} why it was refused */
export async function logAnswer(given) {
  const [{ result, reason }] = (await (await ask('api/answers', { method: 'POST', body: given })).json()).results;
  return result === 'refused' ? reason ?? '' : null;
}
/** @param {number | null | undefined} campaign @param {string | null} within @returns {Promise<T.Codes>} */
export const codes = (campaign, within) => json('api/codes', { campaign, within });
/** How many eligible households pass a filter. @param {string | null} filter  CQL2 text; null: all of them @param {AbortSignal} signal @returns {Promise<number>} */
export const matching = async (filter, signal) => (await json('ogc/collections/households/items', { f: 'json', limit: 1, filter: filter === null ? 'eligible = true' : `eligible = true AND (${filter})` }, signal)).numberMatched;
/** @param {number} campaign @param {T.Level} level @returns {Promise<T.Coverage>} */
export const coverageLevel = (campaign, level) => json('api/coverage', { campaign, level });
