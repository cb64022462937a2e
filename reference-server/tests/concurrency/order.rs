//! The search for an order of the commands that explains all that the sessions were told.
//!
//! A command acts between the moment it is sent and the moment its result is read, and one that ended before another was
//! sent acts first. What was said is explained response by response, by the state of some later instant. By its result
//! a session has been told everything.

use std::collections::{HashSet, VecDeque};
use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use super::client::Exchange;
use super::effect::{Observation, act};
use super::model::{Model, Viewed};
use super::operation::{Change, Flags, Operation};
use super::response::{Fetched, Untagged};

/// How many states are looked at before the search is given up.
const MOST_STATES: usize = 300_000;

/// What each session did, in order.
pub(crate) type History = Vec<Vec<Exchange>>;

/// Why there is no state to go on from.
pub(crate) struct NoOrder {
    /// There were too many orders to look at all of them: the server may be right.
    pub(crate) given_up: bool,
    /// How far the best of them came.
    pub(crate) why: String,
}

/// The state after some order of the commands that explains the history; otherwise why there is none.
pub(crate) fn explain(model: &Model, history: &History) -> Result<Model, NoOrder> {
    let progress = history.iter().map(|_| Progress { at: 0, rest: None }).collect();
    let mut search =
        Search { history, seen: HashSet::new(), deepest: (0, String::from("nothing could be explained")) };
    let found = search.from(&State { model: model.clone(), progress });
    found.ok_or_else(|| NoOrder {
        given_up: search.seen.len() > MOST_STATES,
        why: format!("no order explains what was said; at best:\n{}", search.deepest.1),
    })
}

/// How far a session has been explained.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Progress {
    /// The exchange it is at.
    at: usize,
    /// What is left of it to explain; `None` before its command has acted.
    rest: Option<VecDeque<Observation>>,
}

#[derive(Clone, Hash)]
struct State {
    model: Model,
    progress: Vec<Progress>,
}

struct Search<'h> {
    history: &'h History,
    seen: HashSet<u64>,
    /// The most exchanges that were explained, and what stood in the way then.
    deepest: (usize, String),
}

impl Search<'_> {
    fn from(&mut self, state: &State) -> Option<Model> {
        let mut hasher = DefaultHasher::new();
        state.hash(&mut hasher);
        if !self.seen.insert(hasher.finish()) || self.seen.len() > MOST_STATES {
            return None;
        }
        if let Some(why) = self.too_late(state) {
            self.note(state, &why);
            return None;
        }
        let mut obstacles = String::new();
        let mut over = true;
        let mut choices = Vec::new();
        for session in self.likeliest_first(state) {
            let mut next = Vec::new();
            match self.steps(state, session, &mut next) {
                Ok(Step::Free) => return self.from(&next[0]),
                Ok(Step::Choice) => {}
                Err(Obstacle::Idle) => continue,
                Err(Obstacle::ForEver(why)) => {
                    self.note(state, &format!("  session {session}: {why}\n"));
                    return None;
                }
                Err(Obstacle::Because(why)) => {
                    // A string takes any text.
                    let _ = writeln!(obstacles, "  session {session}: {why}");
                }
            }
            over = false;
            choices.append(&mut next);
        }
        for next in choices {
            if let Some(found) = self.from(&next) {
                return Some(found);
            }
        }
        if over {
            return Some(state.model.clone());
        }
        self.note(state, &obstacles);
        None
    }

    /// Keeps what stands in the way in a state, if no other was as deep.
    fn note(&mut self, state: &State, obstacles: &str) {
        let explained = state.progress.iter().map(|progress| progress.at).sum();
        if explained >= self.deepest.0 && !obstacles.is_empty() {
            self.deepest = (explained, obstacles.to_owned());
        }
    }

    /// Sessions in IDLE, then those whose command was answered first.
    fn likeliest_first(&self, state: &State) -> Vec<usize> {
        let mut sessions: Vec<usize> = (0..self.history.len()).collect();
        sessions.sort_by_key(|session| self.current(state, *session).and_then(|exchange| exchange.done));
        sessions
    }

    fn current(&self, state: &State, session: usize) -> Option<&Exchange> {
        self.history[session].get(state.progress[session].at)
    }

    /// Why a command can no longer act: it saw UIDs that have been given since.
    fn too_late(&self, state: &State) -> Option<String> {
        let ahead = || {
            let sessions = self.history.iter().zip(&state.progress).enumerate();
            sessions.flat_map(|(session, (exchanges, Progress { at, rest }))| {
                let next = at + usize::from(rest.is_some());
                exchanges.iter().skip(next).map(move |exchange| (session, exchange))
            })
        };
        if ahead().any(|(_, exchange)| exchange.operation.changes_names()) {
            return None;
        }
        ahead().find_map(|(session, exchange)| {
            let (name, seen) = exchange.next_uid()?;
            let id = state.model.names.get(name)?;
            let next = state.model.mailboxes.get(id)?.uid_next;
            let text = || {
                format!("  session {session}: {}: UID {seen} was given before\n", exchange.operation.text())
            };
            (seen < next).then(text)
        })
    }

    /// Whether any other session can still do what would remove an obstacle.
    fn may_vanish(&self, state: &State, session: usize, obstacle: &Unexplained) -> bool {
        let mailbox = state.model.sessions[session].as_ref().map(|selection| selection.mailbox);
        (0..self.history.len()).filter(|other| *other != session).any(|other| {
            let Progress { at, rest } = &state.progress[other];
            let ahead = &self.history[other][(*at).min(self.history[other].len())..];
            let there = state.model.sessions[other].as_ref().map(|selection| selection.mailbox) == mailbox
                || ahead.iter().any(|exchange| matches!(exchange.operation, Operation::Select { .. }));
            // What has acted does no more, but may go on reading.
            ahead.iter().enumerate().any(|(index, Exchange { operation, .. })| match obstacle {
                Unexplained::Flags(_) => {
                    there
                        && operation.changes_flags()
                        && (index > 0 || rest.is_none() || operation.reads_text())
                }
                Unexplained::Messages(_) => true,
                Unexplained::Contradiction(_) => false,
            })
        })
    }

    /// The states that one step of a session can lead to.
    fn steps(&self, state: &State, session: usize, next: &mut Vec<State>) -> Result<Step, Obstacle> {
        let exchange = self.current(state, session).ok_or(Obstacle::Idle)?;
        let describe = |why| Obstacle::Because(format!("{}: {why}", exchange.operation.text()));
        let Some(rest) = &state.progress[session].rest else {
            let first = (0..self.history.len())
                .filter_map(|other| self.current(state, other)?.done)
                .all(|done| done > exchange.sent);
            if first {
                let mut after = state.clone();
                let rest = act(&mut after.model, session, exchange).map_err(describe)?;
                after.progress[session].rest = Some(rest);
                next.push(after);
            }
            let free = first && !exchange.operation.matters_to_others();
            return Ok(if free { Step::Free } else { Step::Choice });
        };
        let (mut rest, mut after) = (rest.clone(), state.clone());
        let expunges = exchange.operation.allows_expunges();
        let mut obstacle = None;
        let mut mattered = false;
        let mut stops = Vec::new();
        let whole = rest.len();
        while let Some(observation) = rest.front() {
            let changes = changes(observation, exchange);
            let before = (changes && rest.len() < whole).then(|| (after.model.clone(), rest.clone()));
            match observe(&mut after.model, session, exchange, &rest, expunges) {
                Ok(taken) => {
                    mattered |= changes;
                    stops.extend(before);
                    drop(rest.drain(..taken));
                }
                Err(why) => {
                    obstacle = Some(why);
                    break;
                }
            }
        }
        let moved = rest.len() < whole;
        let untold = after.model.untold(session, expunges).filter(|_| !exchange.was_turned_away());
        let complete = rest.is_empty() && untold.is_none();
        if complete && exchange.done.is_none() && !moved {
            return Err(Obstacle::Idle);
        }
        let free = (moved || complete) && !mattered;
        if moved || complete {
            after.progress[session] = match complete && exchange.done.is_some() {
                true => Progress { at: state.progress[session].at + 1, rest: None },
                false => Progress { rest: Some(rest), ..state.progress[session] },
            };
            let progress = state.progress.clone();
            next.push(after);
            // It may also have happened later.
            for (model, rest) in stops.into_iter().rev() {
                let mut progress = progress.clone();
                progress[session].rest = Some(rest);
                next.push(State { model, progress });
            }
        }
        if free {
            return Ok(Step::Free);
        }
        if let (Some(obstacle), false) = (&obstacle, moved)
            && !self.may_vanish(state, session, obstacle)
        {
            return Err(Obstacle::ForEver(format!("{}: {obstacle}", exchange.operation.text())));
        }
        let why = obstacle.map(|obstacle| obstacle.to_string()).or(untold);
        why.map_or(Ok(Step::Choice), |why| Err(describe(why)))
    }
}

/// What kind of step a session can take.
enum Step {
    /// One that nobody else can tell from the same step later: it is taken at once.
    Free,
    /// Others may have to go first.
    Choice,
}

/// Why a session cannot be explained further.
enum Obstacle {
    /// There is nothing to explain.
    Idle,
    Because(String),
    /// It can't go away, whatever others do.
    ForEver(String),
}

/// Why an observation does not fit the state.
enum Unexplained {
    /// Other flags are expected.
    Flags(String),
    /// Other messages are expected.
    Messages(String),
    /// No other state would fit.
    Contradiction(String),
}

impl fmt::Display for Unexplained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Flags(why) | Self::Messages(why) | Self::Contradiction(why)) = self;
        f.write_str(why)
    }
}

/// Whether the model changes by this, so that it matters when it happened.
fn changes(observation: &Observation, exchange: &Exchange) -> bool {
    match observation {
        Observation::Said(index) => matches!(exchange.untagged[*index], Untagged::Exists(_)),
        Observation::Searched { .. } | Observation::Gone(_) => false,
        Observation::Read(_) => true,
    }
}

/// Explains the first of the observations by the present state; returns how many that are.
fn observe(
    model: &mut Model,
    session: usize,
    exchange: &Exchange,
    rest: &VecDeque<Observation>,
    expunges: bool,
) -> Result<usize, Unexplained> {
    let said = match &rest[0] {
        Observation::Said(index) => &exchange.untagged[*index],
        Observation::Searched { number, flag, found } => {
            let flags = present(model, session, *number)?.1;
            return match flags.has(*flag) == *found {
                true => Ok(1),
                false => Err(Unexplained::Flags(format!(
                    "SEARCH misjudges message {number}, whose flags are {flags}"
                ))),
            };
        }
        Observation::Gone(uid) => {
            let mut view = model.sessions[session].iter().flat_map(|selection| &selection.view);
            return match view.any(|viewed| viewed.uid == *uid && viewed.gone.is_none()) {
                true => Err(Unexplained::Messages(format!("the new flags of UID {uid} are not told"))),
                false => Ok(1),
            };
        }
        Observation::Read(number) => {
            let (viewed, _) = present(model, session, *number)?;
            if model.sessions[session].as_ref().is_some_and(|selection| !selection.read_only) {
                model.store(session, &[viewed.uid], Change::Add, Flags::SEEN);
            }
            return Ok(1);
        }
    };
    match said {
        Untagged::Other | Untagged::CopyUid(_) => Ok(1),
        Untagged::Search(_) | Untagged::Numbers(_) => {
            Err(Unexplained::Contradiction(format!("unasked: {said:?}")))
        }
        Untagged::Fetch(fetched) => fetch(model, session, fetched).map(|()| 1),
        Untagged::Expunge(number) => {
            let (viewed, _) = present(model, session, *number)?;
            if !expunges {
                return Err(Unexplained::Contradiction(format!("EXPUNGE {number} is not allowed now")));
            }
            if viewed.gone.is_none() {
                return Err(Unexplained::Messages(format!(
                    "EXPUNGE {number}, whose UID {} is there",
                    viewed.uid
                )));
            }
            if let Some(selection) = model.sessions[session].as_mut().map(Rc::make_mut) {
                selection.view.remove(*number as usize - 1);
            }
            Ok(1)
        }
        Untagged::Exists(count) => {
            let mut told = model.clone();
            let known = told.announce_new(session);
            if known != *count as usize || told.sessions[session].is_none() {
                return Err(Unexplained::Messages(format!("EXISTS {count}, with {known} messages")));
            }
            // Both come from one look at the mailbox.
            let recent = rest.get(1).and_then(|next| match next {
                Observation::Said(index) => Some(&exchange.untagged[*index]),
                _ => None,
            });
            let taken = match recent {
                Some(Untagged::Recent(recent)) => check_recent(&told, session, *recent).map(|()| 2)?,
                _ => 1,
            };
            *model = told;
            Ok(taken)
        }
        Untagged::Recent(count) => check_recent(model, session, *count).map(|()| 1),
    }
}

/// A message of the session's view and its flags, its last ones if it is gone.
fn present(model: &Model, session: usize, number: u32) -> Result<(Viewed, Flags), Unexplained> {
    let selection = model.sessions[session]
        .as_ref()
        .ok_or_else(|| Unexplained::Contradiction("no mailbox is selected".to_owned()))?;
    let viewed = selection
        .message(number)
        .ok_or_else(|| Unexplained::Contradiction(format!("there is no message {number}")))?;
    let stored = model.mailboxes[&selection.mailbox].messages.get(&viewed.uid);
    let flags = viewed.gone.or_else(|| stored.map(|message| message.flags));
    Ok((
        viewed.clone(),
        flags.ok_or_else(|| Unexplained::Contradiction("the model has lost a message".to_owned()))?,
    ))
}

fn check_recent(model: &Model, session: usize, count: u32) -> Result<(), Unexplained> {
    let view = model.sessions[session].iter().flat_map(|selection| &selection.view);
    let recent = view.filter(|viewed| viewed.recent).count();
    match recent == count as usize {
        true => Ok(()),
        false => Err(Unexplained::Messages(format!("RECENT {count}, not {recent}"))),
    }
}

fn fetch(model: &mut Model, session: usize, fetched: &Fetched) -> Result<(), Unexplained> {
    let (viewed, flags) = present(model, session, fetched.number)?;
    if fetched.uid.is_some_and(|uid| uid != viewed.uid) || fetched.id.is_some_and(|id| id != viewed.id) {
        let why = format!("{fetched:?} is of another message than UID {}, m{}", viewed.uid, viewed.id);
        return Err(Unexplained::Contradiction(why));
    }
    if let Some(seen) = fetched.flags {
        if seen.1 != viewed.recent {
            let why = format!("FETCH {} is wrong about \\Recent", fetched.number);
            return Err(Unexplained::Contradiction(why));
        }
        if seen.0 != flags {
            return Err(Unexplained::Flags(format!("FETCH {} says {}, not {flags}", fetched.number, seen.0)));
        }
        if let Some(selection) = model.sessions[session].as_mut().map(Rc::make_mut) {
            selection.view[fetched.number as usize - 1].told = flags;
        }
    }
    Ok(())
}
