//! What a process and all that descend from it have used, from `/proc` (Linux only).

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::time::Duration;

/// Clock ticks a second in `/proc/PID/stat`; the kernel shows user space no other value.
const TICKS: u32 = 100;

/// What `/proc/PID/stat` tells of a process.
struct Stat {
    parent: u32,
    /// User and system time of the process and of its children that have ended and been waited for, in ticks.
    ticks: u32,
}

/// The processor time that a process and its descendants have used, living or ended.
pub(crate) fn processor_time(root: u32) -> io::Result<Duration> {
    let ticks: u32 = tree(root)?.iter().map(|(_, stat)| stat.ticks).sum();
    Ok(Duration::from_secs(1) * ticks / TICKS)
}

/// The memory of a process and its descendants in octets; what several share counts once.
pub(crate) fn memory(root: u32) -> io::Result<u64> {
    tree(root)?.iter().map(|(id, _)| proportional_set_size(*id)).sum()
}

/// The commands that run in a process and its descendants.
pub(crate) fn names(root: u32) -> io::Result<Vec<String>> {
    let name = |(id, _): &(u32, Stat)| fs::read_to_string(format!("/proc/{id}/comm"));
    Ok(tree(root)?
        .iter()
        .filter_map(|process| name(process).ok())
        .map(|name| name.trim().to_owned())
        .collect())
}

fn tree(root: u32) -> io::Result<Vec<(u32, Stat)>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir("/proc")? {
        let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // A process may end while we look.
        if let Some(stat) = fs::read_to_string(format!("/proc/{id}/stat")).ok().and_then(|text| parse(&text))
        {
            all.insert(id, stat);
        }
    }
    let mut tree: Vec<(u32, Stat)> = all.remove_entry(&root).into_iter().collect();
    let mut at = 0;
    while at < tree.len() {
        let parent = tree[at].0;
        let children: Vec<u32> =
            all.iter().filter(|(_, stat)| stat.parent == parent).map(|(id, _)| *id).collect();
        tree.extend(children.iter().filter_map(|id| all.remove_entry(id)));
        at += 1;
    }
    match tree.is_empty() {
        true => Err(io::Error::other(format!("process {root} has ended"))),
        false => Ok(tree),
    }
}

fn parse(stat: &str) -> Option<Stat> {
    // The name stands in parentheses and may hold anything.
    let fields: Vec<&str> = stat[stat.rfind(')')? + 1..].split_ascii_whitespace().collect();
    let ticks = fields.get(11..15)?.iter().map(|ticks| ticks.parse::<u32>().ok()).sum::<Option<u32>>()?;
    Some(Stat { parent: fields.get(1)?.parse().ok()?, ticks })
}

fn proportional_set_size(id: u32) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
    let size = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kibibytes = size.and_then(|size| size.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    Ok(kibibytes.unwrap_or(0) * 1024)
}
