//! `/live`: server-sent events.

use super::extract::Params;
use super::info::NoParams;
use super::problem::Problem;
use crate::app::{App, Caller};
use crate::model::ModelError;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use std::convert::Infallible;
use std::time::Duration;
use tokio_stream::Stream;

/// A comment line this often keeps proxies from closing a quiet stream.
const PING: Duration = Duration::from_secs(15);

pub async fn live(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let after = headers.get("last-event-id").map(|v| v.to_str().unwrap_or_default()).filter(|v| !v.is_empty());
    let refuse = |text: &str| ModelError::new("Last-Event-ID", text, "the id of an event, a whole number");
    let after = after.map(|text| text.parse::<u64>().map_err(|_| refuse(text))).transpose()?;
    let feed = app.live(&caller, after);
    let events = stream_of(feed);
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(PING).text("ping")))
}

fn stream_of(feed: crate::app::LiveFeed) -> impl Stream<Item = Result<Event, Infallible>> {
    let (send, receive) = tokio::sync::mpsc::channel(1);
    tokio::spawn(async move {
        let mut feed = feed;
        // An id without data is no event: it only says where to go on from, should the line break before the first.
        if let Some(seq) = feed.begins()
            && send.send(Ok(Event::default().id(seq.to_string()))).await.is_err()
        {
            return;
        }
        // Ends with the service, or when the client has gone and its end of the channel with it.
        loop {
            let event = tokio::select! {
                event = feed.next() => event,
                () = send.closed() => None,
            };
            let Some(event) = event else { return };
            let data = serde_json::to_string(&event).unwrap_or_default();
            let event = Event::default().event("change").id(event.seq.to_string()).data(data);
            if send.send(Ok(event)).await.is_err() {
                return;
            }
        }
    });
    tokio_stream::wrappers::ReceiverStream::new(receive)
}
