//! Asking again, soon and not for long.

use std::{sync::Arc, time::Duration};

use app::ports::{Chance, Clock, PortError};
use reqwest::{Client, Response, StatusCode, Url};
use tokio::time::{Instant, sleep};

use crate::{client::unanswered, signing::Signer};

/// Three tries outlast a lost connection and the restart of one of the other side's machines; what lasts longer is for
/// the queue's retries or the caller's.
const TRIES: u32 = 3;

/// The longest pause before the second try; it doubles.
const PAUSE: Duration = Duration::from_millis(200);

/// Where one question goes, and how it is asked.
#[derive(Clone)]
pub(crate) struct Correspondent {
    pub(crate) what: &'static str,
    pub(crate) client: Client,
    pub(crate) url: Url,
    pub(crate) signer: Signer,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) clock: Arc<dyn Clock>,
    /// When the last try begins at the latest, after the first.
    pub(crate) patience: Duration,
}

impl Correspondent {
    /// The answer to a signed POST of `body`, whatever its status. What may have been a passing failure (no answer, 429,
    /// 5xx) is tried again under the same `id`, by which the other side tells copies.
    pub(crate) async fn ask(&self, id: &str, body: &str) -> Result<Response, PortError> {
        let began = Instant::now();
        let mut tried = 0;
        loop {
            tried += 1;
            let seconds = self.clock.now().as_second();
            let request = self.client.post(self.url.clone());
            let request = self.signer.signed(self.what, request, id, seconds, body.to_owned())?;
            let answer = request.send().await.map_err(|error| unanswered(self.what, error));
            let may_pass = answer.as_ref().map_or(true, |response| passes(response.status()));
            let pause = self.pause(tried);
            if !may_pass || tried == TRIES || began.elapsed() + pause > self.patience {
                return answer;
            }
            sleep(pause).await;
        }
    }

    /// Anywhere below a bound that doubles, so that those who failed together do not come back together.
    fn pause(&self, tried: u32) -> Duration {
        PAUSE * 2_u32.pow(tried - 1) * u32::from(self.chance.bytes()[15]) / 255
    }
}

fn passes(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}
