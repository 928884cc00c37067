//! The SQL of documents: what people do with them, and what a worker does.

mod documents;
mod work;

pub use documents::{Document, Failure, Status, count, create, delete, exists, get, list, queue, same};
pub use work::{
    Chunk, Claim, Claimed, Noted, abandoned, claim, embedded, fail, forgotten, keep, keep_chunks, note, publish, reach,
    release,
};
