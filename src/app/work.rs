//! Work that takes a millisecond or more leaves the async threads.

use super::{App, AppError};

impl App {
    /// Runs something that takes a while, in its turn, on a blocking thread; it runs to its end even where nobody waits for it
    /// any more. How many run at a time is the runtime's to say: it should be one for each core, as more are slower for all
    /// and each thread keeps memory of its own.
    pub async fn work<T: Send + 'static>(&self, work: impl FnOnce(&App) -> T + Send + 'static) -> Result<T, AppError> {
        let app = self.clone();
        tokio::task::spawn_blocking(move || work(&app)).await.map_err(|_| AppError::Fault)
    }
}
