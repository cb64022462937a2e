//! What was said, in order, over all sessions of a talk.

use std::sync::{Arc, Mutex, PoisonError, mpsc::Sender};

use super::Time;

/// Octets of one entry that are kept; the rest is counted.
const KEPT_OCTETS: usize = 4096;

/// What the sessions of one talk said, in order. Bounded: entries beyond the limit replace those in the middle.
#[derive(Debug, Default)]
pub struct Transcript {
    entries: Vec<Entry>,
    dropped: usize,
    listener: Option<Sender<Entry>>,
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
        let kept = octets.len().min(KEPT_OCTETS);
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

    fn push(&mut self, entry: Entry) {
        if let Some(listener) = &self.listener {
            // Nobody listens any more when the run is over.
            let _ = listener.send(entry.clone());
        }
        if self.entries.len() == 2 * Self::HALF {
            self.entries.remove(Self::HALF);
            self.dropped += 1;
        }
        self.entries.push(entry);
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
        (self.dropped > 0).then_some((Self::HALF, self.dropped))
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
        self.write(at, Event::Sent(Excerpt::of(octets)));
    }

    /// Writes that the server sent `octets`.
    pub fn received(&self, at: Time, octets: &[u8]) {
        self.write(at, Event::Received(Excerpt::of(octets)));
    }

    /// Writes a note.
    pub fn note(&self, at: Time, note: impl Into<String>) {
        self.write(at, Event::Note(note.into()));
    }

    fn write(&self, at: Time, event: Event) {
        let entry = Entry { at, session: Arc::clone(&self.session), event };
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
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
