//! Compiles a talk, for one row of `cases`.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use super::{
    blocks::{Kind, Open},
    columns::{self, Columns},
    directive::{self, Command, Facts},
    expression, imap_pattern,
    lines::{Line, Marker},
    mistake::{Parsed, Trouble},
    pop3_pattern,
    scope::{Scope, Setting},
    template,
    text::{Cursor, Text},
};
use crate::fixtures::Fixtures;
use crate::scenario::{
    expression::Name,
    program::{
        Action, Assert, Expect, ExpectMode, Given, Lease, Place, Program, Protocol, Send, SendMode,
        SessionIndex, Step,
    },
};

/// What a talk is compiled with.
pub(super) struct Setup<'a> {
    pub(super) protocol: Protocol,
    pub(super) fixtures: &'a Fixtures,
    pub(super) given: &'a Given,
    pub(super) names: &'a BTreeMap<String, Name>,
    pub(super) clauses: &'a [Arc<str>],
    pub(super) lease: Lease,
    /// The row that is compiled.
    pub(super) row: Option<&'a str>,
    pub(super) rows: &'a [&'a str],
    pub(super) row_clause: Option<Arc<str>>,
    pub(super) columns: &'a Columns,
    /// The talk is a workload's.
    pub(super) workload: bool,
}

/// A compiled talk, the clauses that own a claim of it, and its troubles.
pub(super) struct Compiled {
    pub(super) program: Program,
    pub(super) claimed: Vec<Arc<str>>,
    pub(super) troubles: Vec<Trouble>,
}

/// Compiles the lines.
pub(super) fn compile(setup: &Setup<'_>, lines: &[Line<'_>]) -> Compiled {
    let mut scope = Scope::new(
        setup.protocol,
        setup.fixtures,
        setup.given,
        setup.names,
        setup.clauses,
        setup.row_clause.clone(),
    );
    scope.row = setup.row;
    scope.workload = setup.workload;
    for (column, value) in setup.columns {
        let slot = scope.slot(column);
        scope.set(slot, Setting::Yes);
        scope.presets.push((slot, value.clone().into_bytes()));
    }
    let mut compiler = Compiler { setup, scope, open: Vec::new(), steps: Vec::new(), labels: HashSet::new() };
    for line in lines {
        compiler.line(line);
    }
    compiler.close_all();
    let Scope { captures, troubles, claimed, presets, .. } = compiler.scope;
    Compiled { program: Program { steps: compiler.steps, captures, preset: presets }, claimed, troubles }
}

/// The compiler of one talk.
pub(super) struct Compiler<'s> {
    setup: &'s Setup<'s>,
    pub(super) scope: Scope<'s>,
    pub(super) open: Vec<Open>,
    /// Of the innermost block.
    pub(super) steps: Vec<Step>,
    /// Session and label of each exchange opened so far.
    labels: HashSet<(u8, String)>,
}

impl Compiler<'_> {
    fn line(&mut self, line: &Line<'_>) {
        let text = columns::text_of(line, self.setup);
        if let Err(trouble) = self.try_line(line, &text) {
            self.scope.report(text.explain(trouble));
            if !matches!(line.marker, Marker::Send { .. } | Marker::Clause) {
                self.forgive(&text);
            }
        }
    }

    fn try_line(&mut self, line: &Line<'_>, text: &Text) -> Parsed<()> {
        let session = self.session(line)?;
        let cursor = &mut Cursor::new(text);
        let action = match line.marker {
            Marker::Send { mode, label } => self.send(session, mode, label, cursor)?,
            Marker::Expect { mode, label } => self.expect(line, session, mode, label, cursor)?,
            Marker::Assert => {
                if text.as_str().is_empty() {
                    return Err(Trouble::new(line.place, "an expression is missing", "behind `=`"));
                }
                let expression = expression::assertion(cursor, &mut self.scope)?;
                Action::Assert(Assert { expression, clause: self.scope.claim(line.place) })
            }
            Marker::Clause => {
                let id = cursor.take_while(|character| character != ' ');
                if id.is_empty() {
                    return Err(Trouble::new(line.place, "a clause is missing", "behind `§`"));
                }
                self.scope.enter_clause(id, cursor.since(0))?;
                cursor.skip_spaces();
                if !cursor.is_end() && !cursor.rest().starts_with("# ") {
                    return Err(Trouble::new(cursor.ahead(), "`§` names one clause", "unexpected"));
                }
                return Ok(());
            }
            Marker::Directive => return self.directive(line, session, cursor),
        };
        self.steps.push(Step { place: line.place, session, action });
        Ok(())
    }

    fn session(&self, line: &Line<'_>) -> Parsed<SessionIndex> {
        let Some((name, place)) = line.session else { return Ok(SessionIndex(0)) };
        let sessions = &self.setup.given.sessions;
        let index = sessions.iter().position(|session| session.name == name && !name.is_empty());
        match index.and_then(|index| u8::try_from(index).ok()) {
            Some(index) => Ok(SessionIndex(index)),
            None => {
                let trouble = Trouble::new(place, format!("there is no session `{name}`"), "unknown session");
                let known: Vec<&str> = sessions.iter().skip(1).map(|session| session.name.as_str()).collect();
                Err(trouble
                    .hint(format!("add it to the scenario: `given: {{ sessions: {{ {name}: {{}} }} }}`"))
                    .near(name, known))
            }
        }
    }

    fn send(
        &mut self,
        session: SessionIndex,
        mode: SendMode,
        label: Option<&str>,
        cursor: &mut Cursor<'_>,
    ) -> Parsed<Action> {
        if let Some(label) = label {
            self.labels.insert((session.0, label.to_owned()));
        }
        let raw = mode == SendMode::Raw;
        let template = if raw {
            template::raw(cursor, &mut self.scope)?
        } else {
            template::command(cursor, &mut self.scope)?
        };
        let command = template::command_name(&template, self.setup.protocol, raw);
        Ok(Action::Send(Send { label: label.map(str::to_owned), mode, template, command }))
    }

    fn expect(
        &mut self,
        line: &Line<'_>,
        session: SessionIndex,
        mode: ExpectMode,
        label: Option<&str>,
        cursor: &mut Cursor<'_>,
    ) -> Parsed<Action> {
        if let Some(label) = label.filter(|label| !self.labels.contains(&(session.0, (*label).to_owned()))) {
            let trouble = Trouble::new(line.place, format!("no `C[{label}]` stands above"), "unknown label");
            let known =
                self.labels.iter().filter(|(of, _)| *of == session.0).map(|(_, known)| known.as_str());
            let mut known: Vec<&str> = known.collect();
            known.sort_unstable();
            return Err(trouble.suggest(label, known));
        }
        if cursor.is_end() {
            return Err(Trouble::new(line.place, "a pattern is missing", "behind this"));
        }
        let forbidden = mode == ExpectMode::MustNot;
        let before = (mode == ExpectMode::May).then(|| self.scope.settings.clone());
        let pattern = match self.setup.protocol {
            Protocol::Imap => imap_pattern::read(cursor, &mut self.scope, forbidden),
            Protocol::Pop3 => pop3_pattern::read(cursor, &mut self.scope, forbidden),
        }?;
        if let Some(before) = before {
            // What it would set, it sets only where the line came.
            for (index, setting) in self.scope.settings.iter_mut().enumerate() {
                if before.get(index).is_none_or(|before| *before != Setting::Yes) && *setting == Setting::Yes
                {
                    *setting = Setting::Maybe;
                }
            }
        }
        let clause = match mode {
            ExpectMode::May => self.scope.idle_clause(),
            ExpectMode::Must | ExpectMode::MustNot => self.scope.claim(line.place),
        };
        Ok(Action::Expect(Box::new(Expect { label: label.map(str::to_owned), mode, pattern, clause })))
    }

    /// A line that could not be read sets its captures nevertheless: what follows is not to blame.
    fn forgive(&mut self, text: &Text) {
        for piece in text.as_str().split('$').skip(1).chain(text.as_str().split("(?<").skip(1)) {
            let name: String =
                piece.chars().take_while(|character| super::text::in_capture(*character)).collect();
            let free = super::text::is_capture(&name) && !self.scope.names.contains_key(&name);
            if let Some(slot) = free.then(|| self.scope.declare(&name, Place::default()).ok()).flatten() {
                self.scope.set(slot, Setting::Yes);
            }
        }
        // Nor is the clause unused.
        let clause = self.scope.idle_clause();
        if !self.scope.claimed.contains(&clause) {
            self.scope.claimed.push(clause);
        }
    }

    fn directive(&mut self, line: &Line<'_>, session: SessionIndex, cursor: &mut Cursor<'_>) -> Parsed<()> {
        let facts = Facts { lease: self.setup.lease, row: self.setup.row, rows: self.setup.rows };
        let command = match directive::read(cursor, &mut self.scope, &facts, line.place) {
            Ok(command) => command,
            Err(trouble) => {
                // A block that begins badly is a block nevertheless.
                self.stand_in(line, session);
                return Err(trouble);
            }
        };
        match command {
            Command::Direct(directive) => {
                self.steps.push(Step { place: line.place, session, action: Action::Direct(directive) });
            }
            Command::If(condition) => {
                self.enter(line, session, Kind::If { condition: condition.clone(), then: None })?;
                self.assume(&condition, true);
            }
            Command::Either { name } => {
                let clause = self.scope.claim(line.place);
                self.enter(
                    line,
                    session,
                    Kind::Either { clause, branches: Vec::new(), name, nonstrict: false },
                )?;
            }
            Command::Repeat(within) => self.enter(line, session, Kind::Repeat { within })?,
            Command::Loop(rounds) => self.enter(line, session, Kind::Loop { rounds })?,
            Command::ForEach { slot, items } => {
                self.enter(line, session, Kind::ForEach { slot, items })?;
                self.scope.set(slot, Setting::Yes);
            }
            Command::Choose(weight) => {
                self.enter(line, session, Kind::Choose { ways: Vec::new(), weight })?;
            }
            Command::OrWeight(weight) => self.way(line, weight)?,
            Command::Else => self.otherwise(line)?,
            Command::Or { name, nonstrict } => self.branch(line, &name, nonstrict)?,
            Command::End => self.end(line)?,
        }
        Ok(())
    }
}
