//! What a `C:` line sends.

use super::expression::Expression;

/// The pieces of a send, in order. Tag and CRLF of a command are not among them: the session adds them.
#[derive(Debug, Default, Clone)]
pub struct Template {
    /// In order.
    pub pieces: Vec<Piece>,
}

/// One piece.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Octets as they are.
    Octets(Vec<u8>),
    /// A value in place: octets as they are, a number in decimal.
    Value(Expression),
    /// A name ($box, $user, …) in an IMAP command, written as atom, quoted or synchronizing literal, whichever the grammar takes.
    Astring(Expression),
    /// A value inside double quotes that stand in the template: `"` and `\` get a backslash.
    QuotedValue(Expression),
    /// A literal.
    Literal {
        /// Its octets.
        value: Expression,
        /// Announced by `{n}`, and sent only once invited; else `{n+}`.
        synchronizing: bool,
    },
    /// `$tag` in raw octets: opens an exchange.
    Tag,
}
