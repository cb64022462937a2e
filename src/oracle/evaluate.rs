//! Search keys against messages.

use jiff::civil::Date;

use super::{Key, date, text};

/// A message as SEARCH sees it.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    /// Its message sequence number.
    pub number: u32,
    /// Its UID, if known.
    pub uid: Option<u32>,
    /// All its octets.
    pub octets: &'a [u8],
    /// Its flags, in any letter case; \Recent need not be among them.
    pub flags: Vec<String>,
    /// Whether it is recent in this session, if known.
    pub recent: Option<bool>,
    /// The day of its internal date.
    pub internal_date: InternalDate,
}

/// The day of an internal date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InternalDate {
    /// It was given, and is this.
    Given(Date),
    /// It is that of the arrival, which was on this day or, in some time zone, the one before or after.
    Arrival(Date),
}

/// The indices of the messages that the keys find. `exists` is the number of messages that the mailbox holds besides, if known:
/// `*` is the last of them all.
///
/// # Errors
/// What is wrong with the keys, or what must be known of a message, and is not.
pub fn search(keys: &[u8], mailbox: &[Message<'_>], exists: Option<u32>) -> Result<Vec<usize>, String> {
    let key = Key::parse(keys).map_err(|error| error.to_string())?;
    let last_number = mailbox.iter().map(|message| message.number).chain(exists).max().unwrap_or(0);
    let last_uid = mailbox.iter().filter_map(|message| message.uid).max().unwrap_or(0);
    let mut found = Vec::new();
    for (index, message) in mailbox.iter().enumerate() {
        if (Candidate { message, last_number, last_uid }).matches(&key)? {
            found.push(index);
        }
    }
    Ok(found)
}

struct Candidate<'a> {
    message: &'a Message<'a>,
    last_number: u32,
    last_uid: u32,
}

impl Candidate<'_> {
    fn matches(&self, key: &Key) -> Result<bool, String> {
        let message = self.message;
        let octets = message.octets;
        let number = message.number;
        Ok(match key {
            Key::All => true,
            Key::Numbers(set) => within(set, number, self.last_number),
            Key::Uids(set) => {
                let uid = message.uid.ok_or_else(|| format!("the UID of message {number} is not known"))?;
                within(set, uid, self.last_uid)
            }
            Key::Flag(flag) if flag.eq_ignore_ascii_case("\\Recent") => self.recent()?,
            Key::Flag(flag) => message.flags.iter().any(|other| other.eq_ignore_ascii_case(flag)),
            Key::Recent => self.recent()?,
            Key::Field(name, wanted) => any(&text::values(octets, name), wanted),
            Key::Body(wanted) => any(&text::body(octets), wanted),
            Key::Text(wanted) => any(&text::header(octets), wanted) || any(&text::body(octets), wanted),
            Key::Before(day) => self.internal(|date| date < *day)?,
            Key::On(day) => self.internal(|date| date == *day)?,
            Key::Since(day) => self.internal(|date| date >= *day)?,
            Key::SentBefore(day) => self.sent(|date| date < *day),
            Key::SentOn(day) => self.sent(|date| date == *day),
            Key::SentSince(day) => self.sent(|date| date >= *day),
            Key::Larger(size) => octets.len() as u64 > *size,
            Key::Smaller(size) => (octets.len() as u64) < *size,
            Key::Not(key) => !self.matches(key)?,
            Key::Or(left, right) => self.matches(left)? || self.matches(right)?,
            Key::And(keys) => {
                for key in keys {
                    if !self.matches(key)? {
                        return Ok(false);
                    }
                }
                true
            }
        })
    }

    fn recent(&self) -> Result<bool, String> {
        let number = self.message.number;
        self.message.recent.ok_or_else(|| format!("whether message {number} is recent was never told"))
    }

    fn internal(&self, holds: impl Fn(Date) -> bool) -> Result<bool, String> {
        let today = match self.message.internal_date {
            InternalDate::Given(date) => return Ok(holds(date)),
            InternalDate::Arrival(today) => today,
        };
        let days = [today.yesterday(), Ok(today), today.tomorrow()];
        let answers: Vec<bool> = days.into_iter().flatten().map(&holds).collect();
        match answers.iter().all(|&answer| answer == holds(today)) {
            true => Ok(holds(today)),
            false => Err(format!(
                "message {} was given without a date, and this key hangs on the day",
                self.message.number
            )),
        }
    }

    fn sent(&self, holds: impl Fn(Date) -> bool) -> bool {
        let field = text::values(self.message.octets, "Date").into_iter().next();
        field.and_then(|value| date::of_field(&value)).is_some_and(holds)
    }
}

fn any(texts: &[String], wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    texts.iter().any(|text| text::holds(text, &wanted))
}

/// RFC 3501 section 9: the ends of a range stand in any order, and `*` is the last number in use.
fn within(set: &[(Option<u32>, Option<u32>)], number: u32, last: u32) -> bool {
    set.iter().any(|(first, second)| {
        let (first, second) = (first.unwrap_or(last), second.unwrap_or(last));
        (first.min(second)..=first.max(second)).contains(&number)
    })
}
