//! How texts are read and written, and what has no text: no word of OAuth.

pub mod base64url;
pub mod date;
pub mod digest;
pub mod form;
pub mod grammar;
pub mod http;
pub mod json;
mod json_reader;
pub mod secret;
pub(in crate::proto) mod spelling;
pub(in crate::proto) mod text;
pub mod time;
pub mod url;
