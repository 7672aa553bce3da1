//! How many requests are worked on at a time, and how long others wait: load is shed before everybody waits for long.
//!
//! A request's body is read before it takes its turn, so that whoever sends slowly holds up nobody; what is being read has a
//! bound in all.

use super::super::problem::Problem;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// Longest time that a request waits for its turn: with the work itself, an answer that comes at all comes within a second.
const LONGEST_WAIT: Duration = Duration::from_millis(500);
/// Requests that may wait, for each that is worked on.
const WAITING: usize = 16;
/// When who was sent away may come again, seconds.
const COME_AGAIN_S: u32 = 1;
/// Bytes of all bodies that are being read or worked on: 32 of the longest that are taken by default.
const ALL_BODIES: usize = 256 << 20;
/// Bytes that are counted as one.
const CHUNK: usize = 1 << 10;

/// The gate.
#[derive(Debug)]
pub struct Gate {
    running: Semaphore,
    most_running: usize,
    waiting: Semaphore,
    bodies: Arc<Semaphore>,
    longest_body: usize,
    client_timeout: Duration,
    request_timeout: Duration,
    shed: AtomicU64,
}

impl Gate {
    /// So many requests at a time; bodies of at most so many bytes, each sent within `client_timeout` and answered within
    /// `request_timeout`.
    pub fn new(
        most_running: usize,
        longest_body: usize,
        client_timeout: Duration,
        request_timeout: Duration,
    ) -> Arc<Gate> {
        Arc::new(Gate {
            running: Semaphore::new(most_running),
            most_running,
            waiting: Semaphore::new(most_running * WAITING),
            bodies: Arc::new(Semaphore::new(ALL_BODIES.max(longest_body) / CHUNK + 1)),
            longest_body,
            client_timeout,
            request_timeout,
            shed: AtomicU64::new(0),
        })
    }

    /// Requests that are worked on.
    pub fn running(&self) -> usize {
        self.most_running - self.running.available_permits()
    }

    /// Requests that were sent away.
    pub fn shed(&self) -> u64 {
        self.shed.load(Ordering::Relaxed)
    }

    /// A turn; a refusal where too many wait, or one has waited for too long.
    async fn turn(&self) -> Result<SemaphorePermit<'_>, Problem> {
        if let Ok(turn) = self.running.try_acquire() {
            return Ok(turn);
        }
        if let Ok(_waiting) = self.waiting.try_acquire()
            && let Ok(Ok(turn)) = timeout(LONGEST_WAIT, self.running.acquire()).await
        {
            return Ok(turn);
        }
        Err(self.shed_one("more is asked for than can be answered at the moment: try again"))
    }

    fn shed_one(&self, why: &str) -> Problem {
        self.shed.fetch_add(1, Ordering::Relaxed);
        Problem::overloaded(why, COME_AGAIN_S)
    }

    /// The whole body, and what holds its place among all bodies.
    async fn read(&self, body: Body) -> Result<(Body, Vec<OwnedSemaphorePermit>), Problem> {
        use axum::body::HttpBody;
        if body.is_end_stream() {
            return Ok((Body::empty(), Vec::new()));
        }
        let read = timeout(self.client_timeout, self.read_all(body)).await;
        read.unwrap_or_else(|_| Err(Problem::too_slow(self.client_timeout)))
    }

    async fn read_all(&self, mut body: Body) -> Result<(Body, Vec<OwnedSemaphorePermit>), Problem> {
        let (mut bytes, mut held) = (Vec::new(), Vec::new());
        let mut room = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Problem::unreadable("the body ended before it was whole"))?;
            let Ok(data) = frame.into_data() else { continue };
            if bytes.len() + data.len() > self.longest_body {
                drop((bytes, held));
                pass_over(body, self.longest_body).await;
                return Err(Problem::body_too_long(self.longest_body));
            }
            if bytes.len() + data.len() > room {
                let chunks = data.len().div_ceil(CHUNK);
                let many = u32::try_from(chunks).unwrap_or(u32::MAX);
                let place = Arc::clone(&self.bodies).try_acquire_many_owned(many);
                held.push(place.map_err(|_| self.shed_one("too many bodies are being sent at the moment: try again"))?);
                room += chunks * CHUNK;
            }
            bytes.extend_from_slice(&data);
        }
        Ok((Body::from(Bytes::from(bytes)), held))
    }
}

/// Reads on without keeping anything: who still sends when the connection is closed is told of that, and never why.
async fn pass_over(mut body: Body, most: usize) {
    let mut passed = 0;
    while let Some(Ok(frame)) = body.frame().await {
        passed += frame.into_data().map_or(0, |data| data.len());
        if passed > most {
            return;
        }
    }
}

/// Lets a request in when its turn comes, and sends it away with 503 where that would take too long.
pub async fn admit(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let (body, _held) = match gate.read(body).await {
        Ok(read) => read,
        Err(problem) => return problem.into_response(),
    };
    let _turn = match gate.turn().await {
        Ok(turn) => turn,
        Err(problem) => return problem.into_response(),
    };
    let answer = timeout(gate.request_timeout, next.run(Request::from_parts(parts, body))).await;
    answer.unwrap_or_else(|_| {
        Problem::overloaded("the answer took too long and was given up: try again, or ask for less", 5u32)
            .into_response()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::post;
    use std::convert::Infallible;
    use tokio::sync::Notify;
    use tokio_stream::{Stream, StreamExt, iter, pending};
    use tower::ServiceExt;

    const PATIENCE: Duration = Duration::from_millis(50);

    fn gate(running: usize, longest_body: usize) -> Arc<Gate> {
        Gate::new(running, longest_body, PATIENCE, Duration::from_secs(9))
    }

    /// A service whose one handler tells that it began and waits to be told to end.
    fn service(gate: &Arc<Gate>, began: &Arc<Notify>, end: &Arc<Notify>) -> Router {
        let (began, end) = (Arc::clone(began), Arc::clone(end));
        let handler = async move |body: Bytes| {
            began.notify_one();
            end.notified().await;
            body.len().to_string()
        };
        let layer = axum::middleware::from_fn_with_state(Arc::clone(gate), admit);
        Router::new().route("/", post(handler)).layer(layer)
    }

    async fn ask(service: &Router, body: Body) -> Response {
        service.clone().oneshot(Request::post("/").body(body).unwrap()).await.unwrap()
    }

    fn slowly(first: &'static str) -> Body {
        let rest = pending::<Result<&'static str, Infallible>>();
        Body::from_stream(iter([Ok(first)]).chain(rest))
    }

    fn endless() -> impl Stream<Item = Result<&'static str, Infallible>> {
        iter(std::iter::repeat_with(|| Ok("0123456789")))
    }

    // Time stands still but for the waits themselves, so that nothing here depends on how fast the machine is.
    #[tokio::test(start_paused = true)]
    async fn who_cannot_be_answered_soon_is_sent_away_and_told_when_to_come() {
        let (gate, began, end) = (gate(1, 100), Arc::default(), Arc::default());
        let service = service(&gate, &began, &end);
        let first = tokio::spawn({
            let service = service.clone();
            async move { ask(&service, Body::from("12345")).await }
        });
        began.notified().await;
        assert_eq!(gate.running(), 1);
        let second = ask(&service, Body::empty()).await;
        assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(second.headers()["retry-after"], "1");
        assert_eq!(second.headers()["content-type"], "application/problem+json");
        assert_eq!((gate.shed(), gate.running()), (1, 1));
        let third = tokio::spawn({
            let service = service.clone();
            async move { ask(&service, Body::from("123")).await }
        });
        end.notify_one();
        assert_eq!(first.await.unwrap().status(), StatusCode::OK);
        began.notified().await;
        end.notify_one();
        assert_eq!(third.await.unwrap().status(), StatusCode::OK, "the next one has the turn of the first");
        assert_eq!((gate.shed(), gate.running()), (1, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_wait_than_can_be_answered() {
        let gate = gate(1, 100);
        let _turn = gate.turn().await.unwrap();
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(gate.turn())).collect();
        for one in &mut waiting {
            assert!(std::future::poll_fn(|cx| std::task::Poll::Ready(one.as_mut().poll(cx))).await.is_pending());
        }
        let start = tokio::time::Instant::now();
        assert!(gate.turn().await.is_err());
        assert_eq!(start.elapsed(), Duration::ZERO, "refused at once");
    }

    #[tokio::test(start_paused = true)]
    async fn who_sends_slowly_holds_up_nobody_and_is_given_up() {
        let (gate, began, end) = (gate(1, 100), Arc::default(), Arc::<Notify>::default());
        let service = service(&gate, &began, &end);
        end.notify_one();
        let (slow, quick) = tokio::join!(ask(&service, slowly("a")), ask(&service, Body::from("quick")));
        assert_eq!((slow.status(), quick.status()), (StatusCode::REQUEST_TIMEOUT, StatusCode::OK));
        assert_eq!(slow.headers()["connection"], "close");
    }

    #[tokio::test]
    async fn a_body_ends_at_its_limit_and_all_bodies_at_theirs() {
        let (gate, began, end) = (gate(1, 1_000), Arc::default(), Arc::default());
        let service = service(&gate, &began, &end);
        assert_eq!(ask(&service, Body::from_stream(endless())).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
        // Whoever sends not much more has sent it all before the answer comes.
        let sent = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&sent);
        let longer = endless().take(150).map(move |frame| {
            count.fetch_add(1, Ordering::Relaxed);
            frame
        });
        assert_eq!(ask(&service, Body::from_stream(longer)).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(sent.load(Ordering::Relaxed), 150);
        let all = gate.bodies.available_permits();
        let _taken = gate.bodies.try_acquire_many(u32::try_from(all).unwrap()).unwrap();
        assert_eq!(ask(&service, Body::from("a")).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
