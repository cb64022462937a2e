//! `mailspec man`

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use super::{Failure, Output};
use crate::check::exit::Exit;

/// Print a manual page, or write all of them
#[derive(Debug, Args)]
#[command(long_about = "\
Print a manual page in roff, or write all of them.

  mailspec man check | man -l -
  mailspec man --output ~/.local/share/man/man1")]
pub(super) struct Arguments {
    /// The subcommand that the page is about; without it, mailspec as a whole
    #[arg(value_name = "COMMAND", conflicts_with = "output")]
    command: Option<String>,
    /// Write all pages into this folder, which is made where it is missing
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(&self, output: &mut Output) -> Result<Exit, Failure> {
        let pages = pages();
        if let Some(folder) = &self.output {
            for (name, page) in &pages {
                let path = folder.join(format!("{name}.1"));
                write(&path, page).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
            }
            output.line(format!("{} manual pages are in {}", pages.len(), folder.display()));
            return Ok(Exit::Expected);
        }
        let wanted = self.command.as_ref().map_or("mailspec".to_owned(), |name| format!("mailspec-{name}"));
        let Some((_, page)) = pages.iter().find(|(name, _)| *name == wanted) else {
            let known: Vec<&str> =
                pages.iter().filter_map(|(name, _)| name.strip_prefix("mailspec-")).collect();
            let message = format!("there is no page {wanted}; there are pages for {}", known.join(", "));
            return Err(Failure::usage(message));
        };
        output.line(String::from_utf8_lossy(page).trim_end());
        Ok(Exit::Expected)
    }
}

fn write(path: &Path, page: &[u8]) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, page)
}

/// As a page tells where it comes from.
const VERSION: &str = concat!("mailspec ", env!("CARGO_PKG_VERSION"));

/// Names and texts of all pages, that of the whole program first.
fn pages() -> Vec<(String, Vec<u8>)> {
    let mut program = super::Arguments::command();
    program.build();
    let commands = std::iter::once(&program).chain(program.get_subcommands());
    commands.map(|command| (name(command), page(command.clone()))).collect()
}

/// `mailspec-check`
fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}

fn page(command: Command) -> Vec<u8> {
    let mut page = Vec::new();
    // Nothing is in the way of writing into memory.
    let _ = Man::new(command).section("1").source(VERSION).manual("mailspec").render(&mut page);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_subcommand_has_a_page_that_tells_its_options() {
        let pages = pages();
        let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.starts_with(&["mailspec", "mailspec-check"]), "{names:?}");
        // The whole, and `help`, which clap adds.
        assert_eq!(names.len(), super::super::Arguments::command().get_subcommands().count() + 2);
        let text = |at: usize| String::from_utf8(pages[at].1.clone()).unwrap();
        assert!(text(0).contains(".TH mailspec 1"), "{}", text(0));
        assert!(text(0).contains("Exit codes"));
        assert!(text(1).contains("write\\-waivers"), "{}", text(1));
    }
}
