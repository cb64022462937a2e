//! Expressions of `$(…)` and `=`.

use super::program::{Place, Slot};

/// An expression with its place in the source.
#[derive(Debug, Clone)]
pub struct Expression {
    /// Where it is written.
    pub place: Place,
    /// What it is.
    pub term: Term,
}

/// A term of an expression.
#[derive(Debug, Clone)]
pub enum Term {
    /// `12`
    Number(u64),
    /// `"text"`
    Octets(Vec<u8>),
    /// `$x`, set by an earlier line.
    Capture(Slot),
    /// `$user`, `$box`, `$a`, …: what the harness knows.
    Name(Name),
    /// `#2` (from 1): the present message sequence number of a given message.
    MessageNumber(u32),
    /// `@2` (from 1): the UID of a given message.
    Uid(u32),
    /// `{plain}`, `{plain[10..30]}`, `{plain:HEADER}`: resolved when the scenario is compiled.
    Fixture(Vec<u8>),
    /// `(\Seen $Work)`
    Flags(Vec<String>),
    /// `f(a, b)`
    Call(Function, Vec<Expression>),
    /// `not a`
    Not(Box<Expression>),
    /// `a op b`
    Binary(Operator, Box<Expression>, Box<Expression>),
}

/// Names that the harness knows from the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// `$user` of the line's session.
    User,
    /// `$password` of the line's session.
    Password,
    /// `$other_user`
    OtherUser,
    /// `$box`
    Box,
    /// `$sep`
    Separator,
    /// `$prefix`
    Prefix,
    /// `$mail`: a message made for this moment; in workloads.
    Mail,
    /// A mailbox of `names` or `free`, as written there (`a/b` for `$a_b`).
    Mailbox(String),
}

/// Operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `or`
    Or,
    /// `and`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `flags has flags`
    Has,
    /// `flags lacks flags`
    Lacks,
}

/// Functions, of octets and of the session's view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `octets(x)`: number of octets.
    OctetCount,
    /// `concat(a, …)`
    Concat,
    /// `upper(x)`
    Upper,
    /// `lower(x)`
    Lower,
    /// `repeat(x, n)`
    Repeat,
    /// `base64(x)`
    Base64,
    /// `unbase64(x)`
    Unbase64,
    /// `md5(x)` in hexadecimal.
    Md5,
    /// `hmac_md5(key, x)` in hexadecimal.
    HmacMd5,
    /// `scram_final(password, client_first_bare, server_first)`: the client's final message of SCRAM-SHA-256.
    ScramFinal,
    /// `scram_server_final(password, client_first_bare, server_first)`: what the server must answer.
    ScramServerFinal,
    /// `hits("KEYS")`: message sequence numbers by the oracle.
    Hits,
    /// `uidhits("KEYS")`
    UidHits,
    /// `exists`
    Exists,
    /// `recent`
    Recent,
    /// `uidvalidity`
    UidValidity,
    /// `uidnext`
    UidNext,
    /// `read_only`
    ReadOnly,
    /// `open`
    Open,
    /// `state`
    State,
    /// `gone(#n)`
    Gone,
    /// `known(#n)`
    Known,
    /// `flags(#n)`
    Flags,
    /// `uid(#n)`
    Uid,
    /// `capability("X")`
    Capability,
    /// `quoted(x)`: as a quoted string.
    Quoted,
    /// `words(x)`: its words in upper case, sorted, each once.
    Words,
    /// `instant(x)`: the seconds since 1970 of a date-time.
    Instant,
    /// `now`: the seconds since 1970 of the present moment.
    Now,
    /// `random(a, b)`: a number from a to b; in workloads.
    Random,
}
