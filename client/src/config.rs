//! The holder's configuration, typed: for a build script that writes the holder's file. It needs no browser and no feature.
//!
//! ```
//! use tokenkeep_client::config::HolderConfig;
//!
//! let config = HolderConfig::sign_in("https://as.example.com", "my-spa", "/callback")
//!     .scope("openid files:read")
//!     .resource_servers(["https://api.example.com/v1/"]);
//! // In a build script: config.write_to("public/tokenkeep/holder.js"), which `npx tokenkeep init` has written.
//! assert!(config.to_file("/* standalone.js */").starts_with("const configuration = {"));
//! ```
//!
//! What values may be is checked by the holder, when it starts: a page that connects gets `ConfigInvalid` with the option and the cure.

use std::{fs, io, path::Path};

use serde::Serialize;
use serde_json::{Map, Value};

/// The options of the holder, as the npm package's `hold()` takes them. A method called again has the last word. There is none for `token`,
/// which puts a personal access token into the file, where everybody can read it.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct HolderConfig(Map<String, Value>);

/// A resource server whose tokens are its own: bound to a resource (RFC 8707), or with part of the scope. See
/// [`HolderConfig::resource_servers`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[must_use]
pub struct ResourceServer {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

impl ResourceServer {
    /// By its base URL; paths cover whole segments.
    pub fn new(url: &str) -> Self {
        Self { url: url.into(), resource: None, scope: None }
    }

    /// What its tokens are asked for with: an absolute URI. A web address has to be the URL or above it.
    pub fn resource(mut self, resource: &str) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// The scope of its tokens, part of the configured one.
    pub fn scope(mut self, scope: &str) -> Self {
        self.scope = Some(scope.into());
        self
    }
}

/// Where the session comes from.
impl HolderConfig {
    /// Signs in at an authorization server that publishes its metadata (RFC 8414, OpenID Connect Discovery), as a public client that was
    /// registered by hand.
    pub fn sign_in(issuer: &str, client_id: &str, redirect_uri: &str) -> Self {
        Self(Map::new()).issuer(issuer).client_id(client_id).redirect_uri(redirect_uri)
    }

    /// Signs in at a server that publishes none: `server` is its whole metadata, as RFC 8414 spells it.
    pub fn sign_in_by_metadata(server: impl Serialize, client_id: &str, redirect_uri: &str) -> Self {
        Self(Map::new()).server(server).client_id(client_id).redirect_uri(redirect_uri)
    }

    /// Signs in where an MCP server says (RFC 9728). It needs [`client_metadata_url`](Self::client_metadata_url),
    /// [`client_metadata`](Self::client_metadata), or a [`client_id`](Self::client_id) with one of
    /// [`authorization_servers`](Self::authorization_servers).
    pub fn mcp_server(url: &str, redirect_uri: &str) -> Self {
        Self(Map::new()).mcp(url).redirect_uri(redirect_uri)
    }

    /// Takes a personal access token at run time, by [`Auth::enter_token`](https://docs.rs/tokenkeep-client), instead of sign-in.
    pub fn entered_token() -> Self {
        Self(Map::new()).accept_token(true)
    }
}

/// What it is for.
impl HolderConfig {
    /// The configuration as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// The holder's file: the configuration, and below it `standalone`, which is the text of `tokenkeep/standalone.js`.
    #[must_use]
    pub fn to_file(&self, standalone: &str) -> String {
        format!("const configuration = {};\n{standalone}", self.to_json())
    }

    /// Puts the configuration into the holder's file, which `npx tokenkeep init` has written: all above the package's part becomes this.
    /// A file that says so already is left as it is: a build script that writes what a development server watches would have it build again
    /// for ever.
    ///
    /// # Errors
    ///
    /// If the file can't be read or written; [`io::ErrorKind::InvalidData`] if the package's part is not in it.
    pub fn write_to(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let old = fs::read_to_string(&path)?;
        let standalone = packages_part(&old).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, NO_PART))?;
        let new = self.to_file(standalone);
        if new == old { Ok(()) } else { fs::write(path, new) }
    }

    fn set(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.into(), value);
        self
    }
}

/// What `npx tokenkeep init --update` renews.
fn packages_part(file: &str) -> Option<&str> {
    let at = if file.starts_with(BANNER) { 0 } else { file.find(&format!("\n{BANNER}"))? + 1 };
    Some(&file[at..])
}

const BANNER: &str = "/* tokenkeep ";
const NO_PART: &str = "this file has no part of tokenkeep's: have `npx tokenkeep init` write it";

/// A method for each option.
macro_rules! options {
    ($($(#[$doc:meta])+ $kind:ident $method:ident $name:literal;)+) => {
        /// The options.
        impl HolderConfig {
            $(options! { @method $kind [$(#[$doc])+] $method $name })+
        }
    };
    (@method Text [$($doc:tt)+] $method:ident $name:literal) => {
        $($doc)+
        pub fn $method(self, value: &str) -> Self {
            self.set($name, value.into())
        }
    };
    (@method Flag [$($doc:tt)+] $method:ident $name:literal) => {
        $($doc)+
        pub fn $method(self, value: bool) -> Self {
            self.set($name, value.into())
        }
    };
    (@method Number [$($doc:tt)+] $method:ident $name:literal) => {
        $($doc)+
        pub fn $method(self, value: u32) -> Self {
            self.set($name, value.into())
        }
    };
    (@method Texts [$($doc:tt)+] $method:ident $name:literal) => {
        $($doc)+
        pub fn $method<T: Into<String>>(self, values: impl IntoIterator<Item = T>) -> Self {
            self.set($name, values.into_iter().map(Into::into).collect::<Vec<String>>().into())
        }
    };
    (@method Params [$($doc:tt)+] $method:ident $name:literal) => {
        $($doc)+
        pub fn $method<K: Into<String>, V: Into<String>>(self, values: impl IntoIterator<Item = (K, V)>) -> Self {
            let members = values.into_iter().map(|(name, value)| (name.into(), serde_json::Value::from(value.into())));
            self.set($name, serde_json::Value::Object(members.collect()))
        }
    };
    (@method Json [$($doc:tt)+] $method:ident $name:literal) => {
        $($doc)+
        ///
        /// # Panics
        ///
        /// If `value` can't be JSON: maps have text for keys.
        pub fn $method(self, value: impl serde::Serialize) -> Self {
            self.set($name, serde_json::to_value(value).expect("a configuration is JSON"))
        }
    };
}

mod options;
