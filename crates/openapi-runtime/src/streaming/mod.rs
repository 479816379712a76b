//! Bodies that are read while they come: as bytes, into a file, or item by item.

mod body;
#[cfg(feature = "events")]
mod events;
mod items;
mod opening;
mod resume;
mod save;

use std::sync::Arc;
use std::time::Duration;

use crate::body::Body;
use crate::clock::{Clock, SystemClock};
use crate::http_client::Wire;
use crate::request::RequestUrl;
use crate::response::Reply;
use crate::retry::{Backoff, RetryBudget, RetryPolicy};

pub use body::{ByteStream, StreamError};
#[cfg(feature = "events")]
pub use events::{Event, EventStream};
pub use items::ItemStream;
pub(crate) use items::Separator;
pub use opening::Opening;
pub(crate) use opening::open;
pub use save::{Progress, Saved, Saving};

/// The longest event or line, in bytes, unless another limit is set.
const ITEM_LIMIT: usize = 1 << 20;

/// A response of which the head has come, as a [`Transport`](crate::Transport) gives it: the body follows.
pub struct Opened {
    /// Without a body, unless it has come whole.
    pub(crate) reply: Reply,
    /// What is left of the body; `None` if it has come whole.
    pub(crate) rest: Option<Body>,
    pub(crate) care: Care,
    /// Where it comes from.
    pub(crate) url: Option<Arc<RequestUrl>>,
}

impl Opened {
    /// The head of a response, and the body that follows.
    pub fn new(head: Reply, body: Body) -> Self {
        Self { reply: head, rest: Some(body), care: Care::default(), url: None }
    }

    /// A response that has come whole.
    pub fn whole(reply: Reply) -> Self {
        Self { reply, rest: None, care: Care::default(), url: None }
    }

    pub(crate) fn with(self, care: Care, url: Option<Arc<RequestUrl>>) -> Self {
        Self { care, url, ..self }
    }
}

/// How the rest of a response is read.
pub(crate) struct Care {
    pub(crate) clock: Arc<dyn Clock>,
    /// For the next bytes.
    pub(crate) stall: Option<Duration>,
    /// The longest body, in bytes.
    pub(crate) body_limit: Option<usize>,
    /// The longest event or line, in bytes.
    pub(crate) item_limit: Option<usize>,
    /// Whether an event stream reconnects after its clean end.
    #[cfg_attr(not(feature = "events"), allow(dead_code, reason = "only event streams read it"))]
    pub(crate) reconnects: bool,
    /// How a request is sent again; without it, none is.
    pub(crate) retrying: Option<Retrying>,
    /// To learn that the server stalls.
    pub(crate) wire: Option<Arc<Wire>>,
}

/// Whether and when a request is sent again.
pub(crate) struct Retrying {
    pub(crate) policy: Arc<dyn RetryPolicy>,
    pub(crate) backoff: Arc<dyn Backoff>,
    pub(crate) budget: Arc<dyn RetryBudget>,
}

impl Default for Care {
    /// That of a transport without limits and retries.
    fn default() -> Self {
        let clock = Arc::new(SystemClock);
        Self { clock, stall: None, body_limit: None, item_limit: None, reconnects: false, retrying: None, wire: None }
    }
}

/// As the response is shown.
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("status", &self.reply.status).finish_non_exhaustive()
    }
}
