//! All items that match in one answer, written as they are found: memory holds a page of them, however many there are.

use super::document::Form;
use super::geojson::Writing;
use super::items::head;
use super::query::Asked;
use crate::app::{App, Caller, ItemsText, Map};
use crate::geom::offered::OfferedCrs;
use crate::http::problem::Problem;
use crate::model::{Feature, ModelError};
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc::Sender;
use tokio_stream::wrappers::ReceiverStream;

/// Items that are gathered, written and sent at a time.
const PAGE: usize = 5_000;

/// The first page is gathered before the answer begins, so that what cannot be is a problem and not a broken stream.
pub async fn answer(app: App, caller: Caller, map: Map, asked: Asked) -> Result<Response, Problem> {
    if asked.form == Form::FlatGeobuf && asked.crs != OfferedCrs::CRS84 {
        return Err(ModelError::new("crs", asked.crs.uri(), "CRS84 or nothing, for FlatGeobuf").into());
    }
    let head = head(asked.crs, asked.form, "");
    let mut run = Run::new(&app, caller, map, asked);
    let first = app.work(move |app| run.page(app).map(|bytes| (bytes, run))).await??;
    let (send, receive) = tokio::sync::mpsc::channel(1);
    tokio::spawn(go_on(app, first.0, first.1, send));
    Ok((head, Body::from_stream(ReceiverStream::new(receive))).into_response())
}

/// Sends page after page; ends when the client has gone, or on an error, which closes the connection short.
async fn go_on(app: App, bytes: Bytes, run: Run, send: Sender<Result<Bytes, std::io::Error>>) {
    let (mut bytes, mut run) = (bytes, run);
    loop {
        if send.send(Ok(bytes)).await.is_err() || run.ended {
            return;
        }
        let next = app.work(move |app| (run.page(app), run)).await;
        match next {
            Ok((Ok(more), rest)) => (bytes, run) = (more, rest),
            Ok((Err(_), _)) | Err(_) => {
                let _ = send.send(Err(std::io::Error::other("the items could not be gathered to their end"))).await;
                return;
            }
        }
    }
}

/// A stream under way.
struct Run {
    caller: Caller,
    map: Map,
    asked: Asked,
    text: ItemsText,
    /// Items that may still come; `None` is all.
    left: Option<usize>,
    begun: bool,
    ended: bool,
}

impl Run {
    fn new(app: &App, caller: Caller, map: Map, asked: Asked) -> Run {
        let mut fields = app.collection_fields(&caller, asked.query.collection);
        if let Some(names) = &asked.properties {
            fields.retain(|field| names.iter().any(|name| name == field.name));
        }
        let text = ItemsText::new(asked.query.collection, &fields);
        let left = asked.limited.then_some(asked.query.limit);
        Run { caller, map, asked, text, left, begun: false, ended: false }
    }

    fn page(&mut self, app: &App) -> Result<Bytes, Problem> {
        self.asked.query.limit = self.left.map_or(PAGE, |left| left.min(PAGE));
        let mut report = app.read_items(&self.caller, &self.map, &self.asked.query)?;
        let mut bytes = Vec::new();
        if !std::mem::replace(&mut self.begun, true) {
            bytes = self.head();
        }
        self.write(&mut report.features, &mut bytes)?;
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(report.features.len());
        }
        self.ended = report.next.is_none() || self.left == Some(0);
        self.asked.query.after = report.next;
        Ok(bytes.into())
    }

    fn head(&mut self) -> Vec<u8> {
        match self.asked.form {
            Form::FlatGeobuf => self.text.fgb_header(),
            Form::Csv => self.text.csv_header(),
            _ => Vec::new(),
        }
    }

    fn write(&mut self, features: &mut [Feature], to: &mut Vec<u8>) -> Result<(), Problem> {
        let writing = Writing { properties: self.asked.properties.as_deref(), crs: self.asked.crs, fg: false };
        let outward = writing.outward()?;
        match self.asked.form {
            Form::FlatGeobuf => features.iter().for_each(|feature| self.text.fgb(feature, to)),
            Form::Csv => {
                for feature in features {
                    let placed = outward.as_ref().is_none_or(|out| out.geometry(&mut feature.geometry).is_ok());
                    self.text.csv(feature, placed, to);
                }
            }
            _ => {
                for feature in features {
                    // RFC 8142: each text begins with a record separator and ends with a line feed.
                    to.push(0x1e);
                    let written = writing.write(feature, outward.as_ref());
                    serde_json::to_writer(&mut *to, &written).map_err(|_| Problem::internal())?;
                    to.push(b'\n');
                }
            }
        }
        Ok(())
    }
}
