//! `/api/ledger`: households out as a workbook, what an office wrote in it back in, and its layouts.

use super::extract::{Body, Params, Path, Workbook, campaign, parse};
use super::info::NoParams;
use super::members::Members;
use super::operation::XLSX;
use super::problem::Problem;
use crate::app::{
    App, Caller, Decided, DecidedField, LedgerApplied, LedgerCheck, LedgerProposal, LedgerQuery, LedgerTemplates,
};
use crate::model::ledger::{LedgerColumn, LedgerTemplate};
use crate::model::{Code, ModelError};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Most households in one request: it is answered as a whole.
const MOST: usize = 5_000;
/// Whatever tells of households is kept by nobody on the way.
const PRIVATE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "private, no-store")];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerParams {
    area: Option<String>,
    campaign: Option<String>,
    lang: Option<String>,
}

pub async fn out(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<LedgerParams>,
) -> Result<impl IntoResponse, Problem> {
    let area = params.area.ok_or_else(|| ModelError::new("area", "", "the code of an area"))?;
    let campaign = campaign(params.campaign.as_deref())?;
    let query = LedgerQuery { area, campaign, lang: parse(params.lang.as_deref())?.unwrap_or_default() };
    let file = app.work(move |app| app.read_ledger(&caller, &query)).await??;
    let named = format!("attachment; filename=\"{}.xlsx\"", file.name);
    Ok((PRIVATE, [(header::CONTENT_TYPE, XLSX.to_owned()), (header::CONTENT_DISPOSITION, named)], file.bytes))
}

pub async fn check(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
    Workbook(file): Workbook,
) -> Result<impl IntoResponse, Problem> {
    let report: LedgerCheck = app.check_ledger(&caller, file).await?;
    Ok((PRIVATE, Json(report)))
}

#[derive(Serialize)]
pub struct Applied {
    results: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    code: Value,
    #[serde(rename = "result")]
    became: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Value>,
}

/// A decision as a client writes it.
fn read(value: Value) -> Result<Decided, ModelError> {
    let mut members = Members::of("row", value)?;
    let code: Code = members.needed("code", "the code of a household")?;
    let fields: Vec<Value> = members.needed("fields", "an array of fields")?;
    members.end("row", "code, fields")?;
    if fields.is_empty() {
        return Err(ModelError::new("fields", "none", "at least one field"));
    }
    let one = |value| {
        let mut members = Members::of("fields", value)?;
        let field = members.needed::<String>("field", "the name of a field")?.parse()?;
        let (from, to) = (members.secret("from", "a text or null")?, members.secret("to", "a text or null")?);
        members.end("fields", "field, from, to")?;
        Ok(DecidedField { field, from, to })
    };
    let fields: Vec<DecidedField> = fields.into_iter().map(one).collect::<Result<_, ModelError>>()?;
    let twice = |(n, one): &(usize, &DecidedField)| fields[..*n].iter().any(|before| before.field == one.field);
    if let Some((_, one)) = fields.iter().enumerate().find(twice) {
        return Err(ModelError::new("field", one.field.as_str(), "a field that is decided once"));
    }
    Ok(Decided { code, fields })
}

pub async fn apply(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<Value>,
) -> Result<impl IntoResponse, Problem> {
    let mut members = Members::of("decisions", body)?;
    let rows: Vec<Value> = members.needed("rows", "an array of rows, each with code and fields")?;
    members.end("decisions", "rows")?;
    if rows.is_empty() || rows.len() > MOST {
        return Err(ModelError::new("rows", rows.len(), format!("1 to {MOST} rows in one request")).into());
    }
    // One that cannot be read is refused by itself; the others go in.
    let mut results = Vec::with_capacity(rows.len());
    let mut readable = Vec::with_capacity(rows.len());
    for row in rows {
        let code = row.get("code").cloned().unwrap_or(Value::Null);
        let mut line = Line { code, became: "stored", reason: None, fields: Vec::new() };
        match read(row) {
            Ok(decided) => readable.push((results.len(), decided)),
            Err(refusal) => (line.became, line.reason) = ("refused", Some(refusal.to_string())),
        }
        results.push(line);
    }
    let (places, decided): (Vec<usize>, Vec<Decided>) = readable.into_iter().unzip();
    for (place, applied) in places.into_iter().zip(app.apply_ledger(&caller, decided).await?) {
        let line = &mut results[place];
        line.became = match applied {
            LedgerApplied::Stored => "stored",
            LedgerApplied::Same => "same",
            LedgerApplied::Refused(refusal) => {
                line.reason = Some(refusal.to_string());
                "refused"
            }
            LedgerApplied::Conflict(fields) => {
                line.reason = Some("the map changed since the ledger was checked: check it again".into());
                line.fields = fields.iter().filter_map(|field| serde_json::to_value(field).ok()).collect();
                "conflict"
            }
        };
    }
    Ok((PRIVATE, Json(Applied { results })))
}

pub async fn layouts(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<LedgerTemplates>, Problem> {
    Ok(Json(app.ledger_layouts(&caller)?))
}

pub async fn keep_layout(
    State(app): State<App>,
    caller: Caller,
    Path(area): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<Value>,
) -> Result<Json<LedgerTemplate>, Problem> {
    let mut members = Members::of("layout", body)?;
    let columns: Vec<Value> = members.needed("columns", "an array of columns")?;
    let template = LedgerTemplate {
        area: Code::new(&area).map_err(|e| ModelError { field: "area", ..e })?,
        name: members.needed("name", "a text")?,
        sheet: members.needed("sheet", "a text")?,
        lang: members.needed::<String>("lang", "one of en, zh")?.parse()?,
        title: members.optional("title", "an array of lines")?.unwrap_or_default(),
        columns: columns.into_iter().map(column).collect::<Result<_, ModelError>>()?,
    };
    // A proposal that is sent back as it came names the area that it is not for.
    let _: Option<Value> = members.optional("area", "the code of an area")?;
    members.end("layout", "name, sheet, lang, title, columns")?;
    Ok(Json(app.keep_ledger_layout(&caller, template).await?))
}

fn column(value: Value) -> Result<LedgerColumn, ModelError> {
    let mut members = Members::of("columns", value)?;
    let column = LedgerColumn {
        field: members.needed::<String>("field", "the name of a field")?.parse()?,
        header: members.needed("header", "a text")?,
        width: members.needed("width", "characters, a whole number from 2 to 120")?,
    };
    members.end("columns", "field, header, width")?;
    Ok(column)
}

pub async fn propose_layout(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
    Workbook(file): Workbook,
) -> Result<impl IntoResponse, Problem> {
    let proposal: LedgerProposal = app.work(move |app| app.propose_ledger_layout(&caller, file)).await??;
    Ok((PRIVATE, Json(proposal)))
}
