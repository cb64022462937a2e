//! One session: connects, follows its script, counts how long each answer took.

mod expect;
mod say;
mod world;

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use rand::{RngExt, rngs::SmallRng};
use tokio::time::Instant;

use self::world::Stance;
use super::{
    mail::weighted,
    plan::{CONNECT, CommandIndex},
    stage::{Outstanding, Stage},
    trouble::{Trouble, kind_of},
    turns::Seat,
};
use crate::{
    net::{Heard, Link},
    scenario::{
        captures::{Captures, Mark},
        evaluate::{Value, evaluate, holds},
        expression::Expression,
        program::{Action, Condition, Directive, Protocol, Question, Send, SendMode, Slot, Step},
        workload::{Items, Rounds, Script, Spread, Starts},
    },
    session::{Closed, EndStatus, ExchangeId, Limits, Scribe, Session, Time, transcript::Transcript},
    target::Account,
    watch::Watch,
};

/// Entries of a session's transcript that are kept for the case that something goes wrong.
const TRANSCRIPT: usize = 12;

/// A session begins: which one, by which script, for whom, and for when that was planned.
pub(super) struct Cue<'p> {
    pub(super) stage: &'p Stage,
    pub(super) slot: usize,
    /// Its place where sessions wait for turns.
    pub(super) seat: &'p Rc<Seat>,
    pub(super) script: &'p Script,
    pub(super) account: &'p Account,
    pub(super) rng: &'p RefCell<SmallRng>,
    pub(super) planned: Time,
}

/// Something has gone wrong, and is counted.
pub(super) struct Failed;

struct Talk<'p> {
    cue: Cue<'p>,
    link: Link,
    transcript: Arc<Mutex<Transcript>>,
    captures: Captures,
    /// Exchanges that are open, or whose end is not counted yet.
    pending: Vec<Pending>,
    /// Since when the next command could have been sent: the end of the last one, or of the pause behind it.
    free: Time,
    /// The next command has waited for this session to be free.
    waited: bool,
    /// The command that was sent last, which answers for what `S:` lines miss.
    last: Outstanding,
}

struct Pending {
    exchange: ExchangeId,
    outstanding: Outstanding,
    /// An `S:` line says which answer is right.
    tolerated: bool,
}

/// A block that is under way.
struct Frame<'p> {
    steps: &'p [Step],
    at: usize,
    then: Then,
}

/// What comes at the end of a block.
enum Then {
    GoOn,
    /// So many more rounds; `None`: until the run ends.
    Again {
        left: Option<u32>,
        mark: Mark,
    },
    Each {
        slot: Slot,
        /// The items in the order opposite to that in which they are taken.
        items: Vec<Vec<u8>>,
        mark: Mark,
    },
    Numbers {
        slot: Slot,
        next: u64,
        last: u64,
        mark: Mark,
    },
}

/// Connects and follows the script to its end, or to the end of the run.
pub(super) async fn run(cue: Cue<'_>) -> Result<(), Failed> {
    let script = cue.script;
    let mut talk = connect(cue).await?;
    let outcome = talk.follow(&script.program.steps).await;
    let outcome = match outcome {
        Ok(()) => talk.settle().await,
        Err(failed) => Err(failed),
    };
    talk.tell_findings();
    talk.set_outstanding(None);
    talk.link.disconnect();
    outcome
}

async fn connect(cue: Cue<'_>) -> Result<Talk<'_>, Failed> {
    let Cue { stage, slot, script, planned, .. } = cue;
    let sent = stage.now();
    let outstanding = Outstanding { command: CONNECT, planned, sent };
    stage.outstanding.borrow_mut()[slot] = Some(outstanding);
    let deadline = Instant::now() + stage.plan().timeout;
    let transcript = Arc::new(Mutex::new(Transcript::of_the_last(TRANSCRIPT)));
    let connected = stage.arena.connector.connect(script.protocol, deadline).await;
    let (stream, tls) = match connected {
        Ok(connected) => connected,
        Err(error) => {
            stage.outstanding.borrow_mut()[slot] = None;
            let trouble = Trouble::NotConnected(error.to_string());
            stage.error(CONNECT, planned, false, trouble, Transcript::default);
            return Err(Failed);
        }
    };
    let limits = Limits { octets: u64::MAX, ..stage.plan().target.limits };
    let session = Session::new(script.protocol, limits, tls, Scribe::new("", Arc::clone(&transcript)));
    let link = Link::new(session, Watch::new(script.protocol), stream, stage.arena.clock);
    let captures = Captures::of(&script.program);
    let mut talk = Talk {
        cue,
        link,
        transcript,
        captures,
        pending: Vec::new(),
        free: planned,
        waited: false,
        last: outstanding,
    };
    talk.greeted(deadline).await?;
    talk.upgrade().await?;
    Ok(talk)
}

impl<'p> Talk<'p> {
    async fn greeted(&mut self, deadline: Instant) -> Result<(), Failed> {
        while !self.link.session().is_greeted() {
            let heard = self.link.hear(deadline).await;
            self.no_answer(heard, false)?;
        }
        let session = self.link.session();
        let line = session.lines().first();
        let refused = session.said_bye()
            || line
                .and_then(|line| line.pop3())
                .is_some_and(|reply| reply.indicator != crate::pop3::Indicator::Ok);
        if refused {
            let answer = kind_of(line.map_or(&[][..], |line| line.text()));
            return Err(self.fail(false, Trouble::Refused(answer)));
        }
        self.free = line.map_or(self.free, |line| line.at);
        self.cue.stage.answered(self.last, self.free);
        self.set_outstanding(None);
        Ok(())
    }

    /// STARTTLS or STLS, and what the server can do behind it, where the profile wants TLS before the login.
    async fn upgrade(&mut self) -> Result<(), Failed> {
        static COMMANDS: LazyLock<[Send; 4]> =
            LazyLock::new(|| ["STARTTLS", "CAPABILITY", "STLS", "CAPA"].map(Send::plain));
        let protocol = self.cue.script.protocol;
        if !self.cue.stage.plan().target.upgrade.wanted(protocol) || self.link.session().is_tls() {
            return Ok(());
        }
        let [upgrade, ask] = match protocol {
            Protocol::Imap => [&COMMANDS[0], &COMMANDS[1]],
            Protocol::Pop3 => [&COMMANDS[2], &COMMANDS[3]],
        };
        self.say(upgrade, &[]).await?;
        self.secure().await?;
        self.say(ask, &[]).await
    }

    /// Follows the steps, blocks within them included.
    async fn follow(&mut self, steps: &'p [Step]) -> Result<(), Failed> {
        let mut stack = vec![Frame { steps, at: 0, then: Then::GoOn }];
        while let Some(frame) = stack.last_mut() {
            let Some(step) = frame.steps.get(frame.at) else {
                if !self.goes_round(frame) {
                    stack.pop();
                }
                continue;
            };
            frame.at += 1;
            match &step.action {
                Action::Send(send) => {
                    let in_loop = stack.iter().any(Frame::is_endless);
                    let planned = in_loop && send.mode == SendMode::Await && self.pending.is_empty();
                    if planned && !self.waits_for_turn().await? {
                        // Out of the loop, to what takes leave behind it.
                        while stack.pop().is_some_and(|frame| !frame.is_endless()) {}
                        continue;
                    }
                    let rest = stack.last().map_or(&[][..], |frame| &frame.steps[frame.at..]);
                    self.say(send, rest).await?;
                }
                Action::Expect(_) => {
                    let rest = &frame.steps[frame.at - 1..];
                    let count =
                        rest.iter().take_while(|step| matches!(step.action, Action::Expect(_))).count();
                    frame.at += count - 1;
                    self.expect(&rest[..count]).await?;
                }
                Action::Assert(assert) => {
                    let held = holds(&assert.expression, &self.stance(), &self.captures);
                    match held {
                        Ok(true) => {}
                        Ok(false) => return Err(self.fail(true, Trouble::Unexpected(self.source(step)))),
                        Err(unknown) => return Err(self.fail(true, Trouble::Script(unknown.to_string()))),
                    }
                }
                Action::Direct(directive) => self.direct(directive).await?,
                Action::If { condition, then, otherwise } => {
                    let steps = if self.decides(condition) { then } else { otherwise };
                    stack.push(Frame { steps, at: 0, then: Then::GoOn });
                }
                Action::Choose { ways } => {
                    let weights = ways.iter().map(|way| way.weight);
                    let way = weighted(&mut self.cue.rng.borrow_mut(), weights);
                    stack.push(Frame { steps: &ways[way].steps, at: 0, then: Then::GoOn });
                }
                Action::Loop { rounds, steps } => stack.push(self.enter_loop(*rounds, steps)),
                Action::ForEach { slot, items, steps } => stack.push(self.for_each(*slot, items, steps)?),
                // The compiler lets none of them into a workload.
                Action::Either { .. } | Action::Repeat { .. } => {}
            }
        }
        Ok(())
    }

    /// The next command of an endless loop: may it be sent? False: the run is over.
    async fn waits_for_turn(&mut self) -> Result<bool, Failed> {
        let Cue { stage, seat, .. } = self.cue;
        if !stage.plan().model.plans(Starts::Commands) {
            return Ok(!stage.is_over());
        }
        loop {
            tokio::select! {
                biased;
                turn = stage.turn(seat) => {
                    let Some(turn) = turn else {
                        // What takes leave now was not planned for the end of the last command.
                        self.free = stage.now();
                        return Ok(false);
                    };
                    self.free = turn.planned;
                    self.waited = turn.waited;
                    return Ok(true);
                }
                heard = self.link.listen() => match heard {
                    Heard::Octets | Heard::Silence => self.tell_findings(),
                    Heard::End => self.no_answer(Heard::End, true)?,
                }
            }
        }
    }

    fn enter_loop(&self, rounds: Rounds, steps: &'p [Step]) -> Frame<'p> {
        let left = match rounds {
            Rounds::Always => None,
            Rounds::Between(low, high) => Some(self.cue.rng.borrow_mut().random_range(low..=high)),
        };
        // A round begins at the end of the one before.
        Frame { steps, at: steps.len(), then: Then::Again { left, mark: self.captures.mark() } }
    }

    fn for_each(&mut self, slot: Slot, items: &'p Items, steps: &'p [Step]) -> Result<Frame<'p>, Failed> {
        let mark = self.captures.mark();
        let then = match items {
            Items::Range(low, high) => {
                Then::Numbers { slot, next: self.number(low)?, last: self.number(high)?, mark }
            }
            Items::Words(list) => {
                let words = self.value(list)?;
                let words = words.split(|octet| matches!(octet, b' ' | b',')).filter(|word| !word.is_empty());
                Then::Each { slot, items: words.rev().map(<[u8]>::to_vec).collect(), mark }
            }
        };
        Ok(Frame { steps, at: steps.len(), then })
    }

    /// The end of a block: does another round begin?
    fn goes_round(&mut self, frame: &mut Frame<'p>) -> bool {
        let item = match &mut frame.then {
            Then::GoOn => return false,
            Then::Again { left, mark } => {
                self.captures.rewind(*mark);
                match left {
                    None if self.cue.stage.is_over() => return false,
                    None => {}
                    Some(0) => return false,
                    Some(left) => *left -= 1,
                }
                None
            }
            Then::Each { slot, items, mark } => {
                self.captures.rewind(*mark);
                let Some(item) = items.pop() else { return false };
                Some((*slot, item))
            }
            Then::Numbers { slot, next, last, mark } => {
                self.captures.rewind(*mark);
                if *next > *last {
                    return false;
                }
                *next += 1;
                Some((*slot, (*next - 1).to_string().into_bytes()))
            }
        };
        if let Some((slot, value)) = item {
            self.captures.set(slot, value);
        }
        frame.at = 0;
        true
    }

    fn value(&mut self, expression: &Expression) -> Result<Vec<u8>, Failed> {
        match evaluate(expression, &self.stance(), &self.captures) {
            Ok(Value::Octets(octets)) => Ok(octets),
            Ok(Value::Number(number)) => Ok(number.to_string().into_bytes()),
            Ok(_) => Err(self.fail(true, Trouble::Script("a list or a number is wanted".to_owned()))),
            Err(unknown) => Err(self.fail(true, Trouble::Script(unknown.to_string()))),
        }
    }

    fn number(&mut self, expression: &Expression) -> Result<u64, Failed> {
        let octets = self.value(expression)?;
        let number = std::str::from_utf8(&octets).ok().and_then(|text| text.parse().ok());
        number.ok_or_else(|| self.fail(true, Trouble::Script("a number is wanted".to_owned())))
    }

    fn decides(&self, condition: &Condition) -> bool {
        let session = self.link.session();
        let yes = match &condition.question {
            Question::Capability(name) => match session.capabilities() {
                Some(known) => known.contains(name),
                None => self.cue.stage.arena.facts.advertises(self.cue.script.protocol, name),
            },
            Question::Captured(slot) => self.captures.get(*slot).is_some(),
            Question::Row(this) => *this,
            Question::Open => session.closed().is_none(),
            Question::Tls => session.is_tls(),
        };
        yes != condition.negated
    }

    async fn direct(&mut self, directive: &Directive) -> Result<(), Failed> {
        match directive {
            Directive::Think(spread) => self.think(*spread).await,
            Directive::Drop => {
                self.link.disconnect();
                Ok(())
            }
            Directive::Tls => self.secure().await,
            // The compiler lets none of them into a workload.
            _ => Ok(()),
        }
    }

    /// A pause, planned from the end of the last answer, so that it is not longer for a slow generator.
    async fn think(&mut self, spread: Spread) -> Result<(), Failed> {
        self.link.flush(Instant::now() + self.cue.stage.plan().timeout).await;
        let pause = match spread {
            Spread::Uniform(low, high) => self.cue.rng.borrow_mut().random_range(low..=high),
            Spread::Exponential(mean) => {
                let share: f64 = self.cue.rng.borrow_mut().random();
                mean.mul_f64((-(1.0 - share).ln()).min(10.0))
            }
        };
        self.free += pause;
        let stage = self.cue.stage;
        loop {
            tokio::select! {
                biased;
                _ = stage.wait_until(self.free) => return Ok(()),
                heard = self.link.listen() => match heard {
                    Heard::Octets | Heard::Silence => self.tell_findings(),
                    // What needs the connection will tell.
                    Heard::End => {
                        stage.wait_until(self.free).await;
                        return Ok(());
                    }
                }
            }
        }
    }

    async fn secure(&mut self) -> Result<(), Failed> {
        let deadline = Instant::now() + self.cue.stage.plan().timeout;
        let secured = self.link.secure(&self.cue.stage.arena.connector, deadline).await;
        self.free = self.cue.stage.now();
        match secured {
            Ok(_) => Ok(()),
            Err(error) => Err(self.fail(true, Trouble::NotConnected(error.to_string()))),
        }
    }

    /// Awaits all open exchanges and counts them.
    async fn settle(&mut self) -> Result<(), Failed> {
        let deadline = Instant::now() + self.cue.stage.plan().timeout;
        while let Some(open) = self.link.session().oldest_open() {
            if let Some(pending) = self.pending.iter().find(|pending| pending.exchange == open) {
                self.last = pending.outstanding;
            }
            let heard = self.link.hear(deadline).await;
            self.no_answer(heard, false)?;
        }
        self.reap()
    }

    /// Counts the exchanges that have ended.
    fn reap(&mut self) -> Result<(), Failed> {
        self.tell_findings();
        let mut at = 0;
        while let Some(pending) = self.pending.get(at) {
            let session = self.link.session();
            let Some(end) = session.exchange(pending.exchange).end else {
                at += 1;
                continue;
            };
            let Pending { outstanding, tolerated, .. } = self.pending.remove(at);
            self.cue.stage.answered(outstanding, end.at);
            self.free = self.free.max(end.at);
            self.last = outstanding;
            if end.status != EndStatus::Ok && !tolerated {
                let line = session.lines().get(end.line);
                let answer = kind_of(line.map_or(&[][..], |line| line.text()));
                return Err(self.fail(true, Trouble::Refused(answer)));
            }
        }
        if self.pending.is_empty() {
            self.set_outstanding(None);
        }
        Ok(())
    }

    /// Waiting has brought no octets: an error of the last command.
    fn no_answer(&mut self, heard: Heard, answered: bool) -> Result<(), Failed> {
        let trouble = match heard {
            Heard::Octets => return Ok(()),
            Heard::Silence => Trouble::Silence,
            Heard::End => match self.link.session().closed() {
                Some(Closed::Unframed(why)) => Trouble::Ended(why.clone()),
                Some(how) => Trouble::Ended(how.to_string()),
                None => Trouble::Silence,
            },
        };
        Err(self.fail(answered, trouble))
    }

    /// Counts an error of the last command.
    fn fail(&self, answered: bool, trouble: Trouble) -> Failed {
        let Outstanding { command, planned, .. } = self.last;
        self.cue.stage.error(command, planned, answered, trouble, || self.said());
        Failed
    }

    fn said(&self) -> Transcript {
        self.transcript.lock().unwrap_or_else(PoisonError::into_inner).excerpt()
    }

    fn tell_findings(&mut self) {
        for finding in self.link.watch_mut().take_findings() {
            let said = || self.transcript.lock().unwrap_or_else(PoisonError::into_inner).excerpt();
            self.cue.stage.tally.borrow_mut().finding(finding, said);
        }
    }

    fn set_outstanding(&self, outstanding: Option<Outstanding>) {
        self.cue.stage.outstanding.borrow_mut()[self.cue.slot] = outstanding;
    }

    fn command(&self, name: &str) -> CommandIndex {
        self.cue.stage.arena.names.index(name)
    }

    fn source(&self, step: &Step) -> String {
        let text = &self.cue.stage.plan().workload.source.text;
        text.get(step.place.start..step.place.end).unwrap_or_default().trim().to_owned()
    }

    fn stance(&self) -> Stance<'_> {
        Stance { cue: &self.cue, session: self.link.session() }
    }
}

impl Frame<'_> {
    fn is_endless(&self) -> bool {
        matches!(self.then, Then::Again { left: None, .. })
    }
}
