//! The shape of a scenario file, for its JSON Schema only: editors complete and check with it. [`parse`](super::parse) reads
//! files, and a test holds both to the same keys.
//!
//! The descriptions here are what an editor shows.

use std::collections::BTreeMap;

use schemars::{JsonSchema, generate::SchemaSettings};

/// The JSON Schema of a scenario file, as `scenarios/schema.json` has it.
pub fn json() -> String {
    let generator = SchemaSettings::draft07().into_generator();
    let schema = generator.into_root_schema_for::<File>();
    // A schema is made of text, numbers and lists, which can always be written.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// Scenarios of one section of an RFC, for mailspec. See docs/scenario-language.md.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct File {
    /// The protocol that all sessions of this file speak.
    pub protocol: Protocol,
    /// The scenarios by name. With the file's path the name is the id, which stays for ever.
    #[schemars(extend("propertyNames" = { "pattern": NAME }, "minProperties" = 1))]
    pub scenarios: BTreeMap<String, Scenario>,
}

/// The pattern of the names of scenarios, rows and sessions.
const NAME: &str = "^[a-z][a-z0-9_-]*$";

/// `imap` or `pop3`.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Protocol {
    /// IMAP4rev1, RFC 3501.
    Imap,
    /// POP3, RFC 1939.
    Pop3,
}

/// One scenario: what a right server does.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Scenario {
    /// One sentence: what a right server does.
    #[schemars(length(min = 1))]
    pub title: String,
    /// Ids from the catalogue. With more than one, each claim in the talk stands below a `§`.
    #[schemars(length(min = 1), extend("items" = { "type": "string", "pattern": "^rfc[0-9]+-" }))]
    pub clauses: Vec<String>,
    /// Capabilities that the server must advertise, in upper case, or `not NAME`; without them the verdict is `unsupported`.
    #[schemars(default)]
    pub requires: Vec<String>,
    /// The world before the talk.
    pub given: Option<Given>,
    /// Named rows for the one talk. Columns are captures that are set from the start; a plain value is `$case`.
    #[schemars(extend("propertyNames" = { "pattern": NAME }, "minProperties" = 1))]
    pub cases: Option<BTreeMap<String, Row>>,
    /// Each row of `cases` gets a world of its own.
    #[schemars(default)]
    pub fresh: bool,
    /// How much of the target the scenario needs for itself.
    pub lease: Option<Lease>,
    /// Runs only with `--slow`.
    #[schemars(default)]
    pub slow: bool,
    /// The conversation, as a literal block: `talk: |`.
    #[schemars(length(min = 1))]
    pub talk: String,
}

/// How much of the target a scenario needs for itself.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Lease {
    /// IMAP's default: mailboxes of its own.
    Mailbox,
    /// POP3's default: a maildrop, INBOX, subscriptions, `LIST "*"`.
    Account,
    /// The server: `restart`, `kill`.
    Target,
}

/// The world before the talk.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Given {
    /// The messages in the mailbox (POP3: the whole maildrop), in order.
    pub messages: Option<Vec<Message>>,
    /// INBOX in place of a fresh mailbox; it needs `lease: account`.
    pub mailbox: Option<Mailbox>,
    /// Of the first session.
    pub state: Option<State>,
    /// Mailboxes that are made: `a/b` is a child of `a`, and `$a_b` in the talk.
    #[schemars(default)]
    pub names: Vec<String>,
    /// Names of mailboxes that are free.
    #[schemars(default)]
    pub free: Vec<String>,
    /// More sessions, by the name in front of their lines.
    #[schemars(extend("propertyNames" = { "pattern": NAME }), default)]
    pub sessions: BTreeMap<String, Session>,
}

/// INBOX.
#[derive(Debug, JsonSchema)]
pub enum Mailbox {
    /// Empty at first.
    #[schemars(rename = "INBOX")]
    Inbox,
}

/// Where a session stands when the talk begins.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum State {
    /// Not logged in.
    Connected,
    /// IMAP: logged in.
    Authenticated,
    /// IMAP: the mailbox is selected.
    Selected,
    /// IMAP: the mailbox is opened by EXAMINE.
    Examined,
    /// POP3: logged in.
    Transaction,
}

/// A message: a fixture's name, or more about it.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum Message {
    /// The name of a fixture: a file of fixtures/mail without `.eml`.
    Fixture(String),
    /// With flags and a date.
    Described(DescribedMessage),
}

/// A message with flags and a date.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DescribedMessage {
    /// The name of a fixture: a file of fixtures/mail without `.eml`.
    pub mail: String,
    /// IMAP: its flags.
    #[schemars(default)]
    pub flags: Vec<String>,
    /// IMAP: its internal date, as in `17-Jul-1996 02:44:25 -0700`.
    pub date: Option<String>,
}

/// A session beside the first.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Session {
    /// Where it stands when the talk begins; by default as the first would by default.
    pub state: Option<State>,
    /// Its account; by default that of the first session.
    pub account: Option<Account>,
}

/// An account.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Account {
    /// A second one.
    Other,
}

/// A row of `cases`: columns, or the value of `$case`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum Row {
    /// The value of `$case`.
    Value(Cell),
    /// Columns by name; `clause` owns the claims of this row.
    Columns(BTreeMap<String, Cell>),
}

/// Text of one line; numbers and truth values are taken as written.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Truth(bool),
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    use serde_json::Value;

    use super::*;
    use crate::scenario::parse::keys;

    #[test]
    fn the_file_is_what_the_types_say() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/schema.json");
        if env::var_os("BLESS").is_some() {
            fs::write(&path, json()).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap();
        assert_eq!(kept, json(), "run this test with BLESS=1");
    }

    #[test]
    fn the_parser_reads_the_same_keys() {
        let schema: Value = serde_json::from_str(&json()).unwrap();
        let keys_of = |node: &Value| -> Vec<String> {
            let mut keys: Vec<String> = node["properties"].as_object().unwrap().keys().cloned().collect();
            keys.sort_unstable();
            keys
        };
        for (node, known) in [
            (&schema, keys::FILE),
            (&schema["definitions"]["Scenario"], keys::SCENARIO),
            (&schema["definitions"]["Given"], keys::GIVEN),
            (&schema["definitions"]["DescribedMessage"], keys::MESSAGE),
            (&schema["definitions"]["Session"], keys::SESSION),
        ] {
            let mut known = known.to_vec();
            known.sort_unstable();
            assert_eq!(keys_of(node), known);
        }
    }
}
