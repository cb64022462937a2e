//! Reads a workload: a file of scripts for `load`. `docs/load.md` defines its keys.

use std::{collections::BTreeMap, ops::RangeInclusive, sync::Arc};

use super::{
    facts::{lines_of, requirement, title},
    given::list,
    keys::{self, Keys},
    mistake::{Mistake, Parsed, Trouble, reported},
    node::{self, Key, Node},
    talk::{self, Setup},
    text::is_name,
};
use crate::{
    fixtures::Fixtures,
    scenario::{
        expression::Name,
        program::{Given, GivenSession, GivenState, Lease, Protocol, Source},
        workload::{Script, Size, Starts, Workload},
    },
};

/// The sizes of messages where a workload does not say: most are small, few are large.
const SIZES: [Size; 3] = [
    Size { weight: 60, low: 1_000, high: 5_000 },
    Size { weight: 35, low: 5_000, high: 50_000 },
    Size { weight: 5, low: 50_000, high: 500_000 },
];

/// The largest message that a workload can ask for.
const LARGEST: u64 = 64 << 20;

/// The workload of a file.
///
/// # Errors
/// All mistakes of the file, in the order of their places.
pub fn workload(source: &Arc<Source>, fixtures: &Fixtures) -> Result<Workload, Vec<Mistake>> {
    let mut troubles = Vec::new();
    let mut read = None;
    match node::read(&source.text) {
        Ok((node, twice)) => {
            troubles = twice;
            read = whole(&node, source, fixtures, &mut troubles);
        }
        Err(trouble) => troubles.push(trouble),
    }
    match read.filter(|_| troubles.is_empty()) {
        Some(workload) => Ok(workload),
        None => {
            troubles.sort_by_key(|trouble| (trouble.place.start, trouble.place.end));
            Err(troubles.into_iter().map(|trouble| trouble.at(source)).collect())
        }
    }
}

fn whole(
    node: &Node,
    source: &Arc<Source>,
    fixtures: &Fixtures,
    troubles: &mut Vec<Trouble>,
) -> Option<Workload> {
    let keys = Keys::of(node, "a workload", keys::WORKLOAD, troubles)?;
    let title = keys.require("title", None, troubles).and_then(|node| reported(title(node), troubles));
    let protocol = keys.get("protocol").and_then(|node| reported(protocol(node), troubles));
    let starts = keys.get("starts").and_then(|node| reported(starts(node), troubles));
    let stock = keys.get("stock").and_then(|node| reported(number(node, 0..=100_000), troubles));
    let deliver = keys.get("deliver").and_then(|node| reported(rate(node), troubles));
    let sizes = keys.get("sizes").map(|node| list(node, troubles, size));
    let around = Around { source, fixtures, protocol };
    let scripts = keys.require("scripts", None, troubles).and_then(|node| reported(node.mapping(), troubles));
    let scripts: Vec<Script> =
        scripts?.iter().filter_map(|(key, node)| around.script(key, node, troubles)).collect();
    if scripts.is_empty() && troubles.is_empty() {
        troubles.push(Trouble::new(node.place, "a workload has at least one script", "none"));
    }
    let name = source.path.rsplit('/').next().unwrap_or_default();
    Some(Workload {
        name: name.trim_end_matches(".yaml").to_owned(),
        source: Arc::clone(source),
        title: title.unwrap_or_default(),
        starts: starts.unwrap_or(Starts::Sessions),
        stock: stock.unwrap_or(0),
        sizes: sizes.filter(|sizes| !sizes.is_empty()).unwrap_or_else(|| SIZES.to_vec()),
        deliver: deliver.unwrap_or(0.0),
        scripts,
    })
}

/// What the scripts of a file are read with.
struct Around<'a> {
    source: &'a Arc<Source>,
    fixtures: &'a Fixtures,
    /// The protocol of scripts that do not name theirs.
    protocol: Option<Protocol>,
}

impl Around<'_> {
    fn script(&self, key: &Key, node: &Node, troubles: &mut Vec<Trouble>) -> Option<Script> {
        if !is_name(&key.text) {
            troubles.push(Trouble::new(key.place, "the name of a script is a lower-case word", "not a name"));
        }
        let keys = Keys::of(node, "a script", keys::SCRIPT, troubles)?;
        let own = keys.get("protocol").and_then(|node| reported(protocol(node), troubles));
        let Some(protocol) = own.or(self.protocol) else {
            let trouble = Trouble::new(key.place, "this script has no protocol", "imap or pop3?");
            troubles.push(trouble.hint("write `protocol: imap` here, or above for all scripts"));
            return None;
        };
        let weight = keys.get("weight").and_then(|node| reported(number(node, 1..=1_000_000), troubles));
        let requires = keys.get("requires");
        let requires =
            requires.map_or_else(Vec::new, |node| list(node, troubles, |node, _| requirement(node)));
        let talk = keys.require("talk", Some(key.place), troubles)?;
        let lines = lines_of(talk, keys.place_of("talk")?, &self.source.text, troubles);
        let lines = reported(lines, troubles)?;
        let session =
            GivenSession { name: String::new(), state: GivenState::Connected, other_account: false };
        let given = Given { sessions: vec![session], ..Given::default() };
        let setup = Setup {
            protocol,
            fixtures: self.fixtures,
            given: &given,
            names: &names(),
            clauses: &[],
            lease: Lease::Account,
            row: None,
            rows: &[],
            row_clause: None,
            columns: &Vec::new(),
            workload: true,
        };
        let compiled = talk::compile(&setup, &lines);
        troubles.extend(compiled.troubles);
        Some(Script {
            name: key.text.clone(),
            protocol,
            weight: weight.unwrap_or(1),
            requires,
            program: compiled.program,
        })
    }
}

fn names() -> BTreeMap<String, Name> {
    let names = [("user", Name::User), ("password", Name::Password), ("mail", Name::Mail)];
    names.into_iter().map(|(name, known)| (name.to_owned(), known)).collect()
}

fn protocol(node: &Node) -> Parsed<Protocol> {
    match node.text()? {
        "imap" => Ok(Protocol::Imap),
        "pop3" => Ok(Protocol::Pop3),
        other => {
            let trouble =
                Trouble::new(node.place, format!("there is no protocol `{other}`"), "unknown protocol");
            Err(trouble.suggest(other, ["imap", "pop3"]))
        }
    }
}

fn starts(node: &Node) -> Parsed<Starts> {
    match node.text()? {
        "sessions" => Ok(Starts::Sessions),
        "commands" => Ok(Starts::Commands),
        other => {
            let trouble = Trouble::new(node.place, format!("a rate does not count `{other}`"), "unknown");
            Err(trouble.suggest(other, ["sessions", "commands"]))
        }
    }
}

fn number(node: &Node, range: RangeInclusive<u32>) -> Parsed<u32> {
    let number = node.text()?.replace('_', "").parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| {
        let message = format!("a number from {} to {} is wanted here", range.start(), range.end());
        Trouble::new(node.place, message, "not such a number")
    })
}

/// `5/s`, `0.5/s`, `30/m`
fn rate(node: &Node) -> Parsed<f64> {
    let text = node.text()?;
    let rate = match text.split_once('/') {
        Some((number, "s")) => number.parse::<f64>().ok(),
        Some((number, "m")) => number.parse::<f64>().ok().map(|rate| rate / 60.0),
        _ => None,
    };
    rate.filter(|rate| rate.is_finite() && (0.0..=1e6).contains(rate)).ok_or_else(|| {
        Trouble::new(node.place, "this is not a rate", "not a rate").hint("as in `5/s`, `0.5/s`, `30/m`")
    })
}

/// `{ weight: 60, octets: 1000..5000 }`
fn size(node: &Node, troubles: &mut Vec<Trouble>) -> Parsed<Size> {
    let Some(keys) = Keys::of(node, "a size", keys::SIZE, troubles) else {
        return Err(Trouble::new(
            node.place,
            "this is not a size",
            "as in `{ weight: 1, octets: 500..9000 }`",
        ));
    };
    let weight = match keys.get("weight") {
        Some(node) => number(node, 1..=1_000_000)?,
        None => 1,
    };
    let Some(octets) = keys.require("octets", None, troubles) else {
        return Ok(Size { weight, low: 1, high: 1 });
    };
    let text = octets.text()?.replace('_', "");
    let (low, high) = text.split_once("..").unwrap_or((&text, &text));
    let read =
        |text: &str| text.parse::<u32>().ok().filter(|octets| (1..=LARGEST).contains(&u64::from(*octets)));
    match (read(low), read(high)) {
        (Some(low), Some(high)) if low <= high => Ok(Size { weight, low, high }),
        _ => Err(Trouble::new(octets.place, "these are not numbers of octets", "not a size")
            .hint("as in `1000..5000`, at most 64 MiB")),
    }
}
