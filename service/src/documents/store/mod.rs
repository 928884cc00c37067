//! The SQL of documents: what people do with them, and what a worker does.

mod documents;
mod work;

pub use documents::{Document, Failure, Status, count, create, delete, exists, get, list, queue};
pub use work::{
    Chunk, Claim, Claimed, abandoned, claim, embedded, fail, forgotten, is_duplicate, keep, keep_chunks, publish,
    reach, release,
};
