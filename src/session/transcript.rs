//! What was said, in order, over all sessions of a talk.

use std::sync::{Arc, Mutex, PoisonError, mpsc::Sender};

use super::Time;

/// Octets of one entry that are kept; the rest is counted.
const KEPT_OCTETS: usize = 4096;

/// The same for a transcript of the last entries.
const KEPT_OCTETS_OF_MANY: usize = 256;

/// What the sessions of one talk said, in order. Bounded: entries beyond the limit replace those in the middle.
#[derive(Debug, Default)]
pub struct Transcript {
    entries: Vec<Entry>,
    dropped: usize,
    listener: Option<Sender<Entry>>,
    /// Only so many of the last entries are kept.
    last: Option<usize>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, since the run began.
    pub at: Time,
    /// The session's name; empty for the main session.
    pub session: Arc<str>,
    /// What.
    pub event: Event,
}

/// What an entry tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The client sent these octets (secrets are masked already).
    Sent(Excerpt),
    /// The server sent this line or response.
    Received(Excerpt),
    /// Something else: a connection made or lost, a change of state.
    Note(String),
}

/// Octets, cut where they are many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The first octets.
    pub octets: Vec<u8>,
    /// How many more there were.
    pub more: usize,
}

impl Excerpt {
    /// Keeps the beginning of `octets`.
    #[must_use]
    pub fn of(octets: &[u8]) -> Self {
        Self::within(KEPT_OCTETS, octets)
    }

    fn within(room: usize, octets: &[u8]) -> Self {
        let kept = octets.len().min(room);
        Self { octets: octets[..kept].to_vec(), more: octets.len() - kept }
    }
}

impl Transcript {
    /// Entries kept from the beginning, and as many from the end.
    const HALF: usize = 2000;

    /// A transcript that tells a listener of each entry as it is written.
    #[must_use]
    pub fn telling(listener: Option<Sender<Entry>>) -> Self {
        Self { listener, ..Self::default() }
    }

    /// A transcript that keeps the last entries only, and the beginning of each: for sessions of which there are many.
    #[must_use]
    pub fn of_the_last(entries: usize) -> Self {
        Self { last: Some(entries.max(1)), ..Self::default() }
    }

    fn push(&mut self, entry: Entry) {
        if let Some(listener) = &self.listener {
            // Nobody listens any more when the run is over.
            let _ = listener.send(entry.clone());
        }
        match self.last {
            Some(last) if self.entries.len() >= last => {
                self.entries.rotate_left(1);
                self.entries.pop();
                self.dropped += 1;
            }
            None if self.entries.len() == 2 * Self::HALF => {
                self.entries.remove(Self::HALF);
                self.dropped += 1;
            }
            _ => {}
        }
        self.entries.push(entry);
    }

    /// Octets of one entry that are kept.
    fn room(&self) -> usize {
        if self.last.is_some() { KEPT_OCTETS_OF_MANY } else { KEPT_OCTETS }
    }

    /// A copy of what is kept, to be shown when the session goes on.
    #[must_use]
    pub fn excerpt(&self) -> Self {
        Self { entries: self.entries.clone(), dropped: self.dropped, last: self.last, listener: None }
    }

    /// The entries, in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What the entries tell, for who has to take something out.
    pub(crate) fn events_mut(&mut self) -> impl Iterator<Item = &mut Event> {
        self.entries.iter_mut().map(|entry| &mut entry.event)
    }

    /// The index of the entry that was written behind the first `position` ones. Where that one is missing, of the first behind the
    /// gap.
    #[must_use]
    pub fn index_at(&self, position: usize) -> usize {
        let index = match self.gap() {
            // Entries behind the gap have moved up.
            Some((gap, missing)) if position > gap => position.saturating_sub(missing).max(gap),
            _ => position,
        };
        index.min(self.entries.len())
    }

    /// How many entries are missing, and behind which index.
    #[must_use]
    pub fn gap(&self) -> Option<(usize, usize)> {
        let behind = if self.last.is_some() { 0 } else { Self::HALF };
        (self.dropped > 0).then_some((behind, self.dropped))
    }
}

/// One session's pen on a transcript that it shares with others.
#[derive(Debug, Clone)]
pub struct Scribe {
    session: Arc<str>,
    shared: Arc<Mutex<Transcript>>,
}

impl Scribe {
    /// A pen for the session called `session`.
    #[must_use]
    pub fn new(session: &str, shared: Arc<Mutex<Transcript>>) -> Self {
        Self { session: session.into(), shared }
    }

    /// Writes that the client sent `octets`.
    pub fn sent(&self, at: Time, octets: &[u8]) {
        self.write(at, |room| Event::Sent(Excerpt::within(room, octets)));
    }

    /// Writes that the server sent `octets`.
    pub fn received(&self, at: Time, octets: &[u8]) {
        self.write(at, |room| Event::Received(Excerpt::within(room, octets)));
    }

    /// Writes a note.
    pub fn note(&self, at: Time, note: impl Into<String>) {
        self.write(at, |_| Event::Note(note.into()));
    }

    fn write(&self, at: Time, event: impl FnOnce(usize) -> Event) {
        let mut transcript = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let event = event(transcript.room());
        transcript.push(Entry { at, session: Arc::clone(&self.session), event });
    }

    /// Has the client sent octets in this session of which `is` holds? As far as the transcript keeps them.
    #[must_use]
    pub fn has_sent(&self, is: impl FnMut(&[u8]) -> bool) -> bool {
        let transcript = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        transcript.entries.iter().filter_map(|entry| self.own_sent(entry)).any(is)
    }

    /// Looks at the octets that the client has sent last in this session.
    pub fn last_sent<T>(&self, look: impl FnOnce(&[u8]) -> T) -> Option<T> {
        let transcript = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        transcript.entries.iter().rev().find_map(|entry| self.own_sent(entry)).map(look)
    }

    fn own_sent<'a>(&self, entry: &'a Entry) -> Option<&'a [u8]> {
        match &entry.event {
            Event::Sent(excerpt) if entry.session == self.session => Some(&excerpt.octets),
            _ => None,
        }
    }

    /// How many entries have been written so far, by all.
    #[must_use]
    pub fn position(&self) -> usize {
        let transcript = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        transcript.entries.len() + transcript.dropped
    }
}
