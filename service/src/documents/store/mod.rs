//! The SQL of documents: what people do with them, and what a worker does.

mod documents;
mod publish;
mod work;

pub use documents::{
    Counts, Document, Failure, New, Source, Status, count, counts, create, delete, exists, get, list, moving, queue,
    same,
};
pub use publish::{Contents, Noted, Published, note, publish};
use work::forget_chunks;
pub use work::{
    Chunk, Claim, Claimed, abandoned, claim, embedded, fail, fetched, forgotten, keep, keep_chunks, reach, release,
    say_why,
};
