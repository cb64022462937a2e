//! The html report in a browser: its filters work, nothing overflows on a phone, nothing is wrong on the console. Headless Chromium
//! looks at it; where there is none, the test says so and does nothing.

#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests: what fails here fails the test.
#![allow(clippy::print_stderr)] // There is no other place to tell why nobody has looked.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use mailspec::check::exit::Require;
use mailspec::check::probe::Facts;
use mailspec::check::select::{Selection, select};
use mailspec::check::start::{Conduct, Plan};
use mailspec::check::waivers::Waivers;
use mailspec::clauses::{Catalogue, Coverage};
use mailspec::embedded::Files;
use mailspec::fixtures::Fixtures;
use mailspec::report::html;
use mailspec::report::matrix::{self, Matrix, Rows};
use mailspec::report::record::{Environment, Recorder, Report};
use mailspec::scenario::parse;
use mailspec::target::Target;
use mailspec::watch;
use reference_server::faults::{Fault, Faults, Rate};

/// Widths of a phone and of a desk.
const WIDTHS: [u32; 2] = [375, 1200];

fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
}

/// A run of a server that breaks two rules.
fn report() -> Report {
    let catalogue = Arc::new(Catalogue::load(None).unwrap());
    let fixtures = Fixtures::load(None).unwrap();
    let scenarios = parse::load(&Files::scenarios(), &catalogue, &fixtures).unwrap();
    let scenarios: Vec<_> = scenarios.into_iter().map(Arc::new).collect();
    let filters = ["rfc3501/6.4.5-fetch", "rfc3501/6.4.8-uid", "rfc1939/5-*", "rfc2177-idle"];
    let filters = filters.iter().map(|filter| (*filter).to_owned()).collect();
    let selection = Selection { filters, ..Selection::default() };
    let selected = select(&scenarios, &selection, &catalogue, |_| true).unwrap();
    let plan = Plan {
        target: Target::bundled(),
        catalogue: Arc::clone(&catalogue),
        selected,
        waivers: Waivers::none(),
        jobs: None,
        timeout: std::time::Duration::from_secs(10),
        conduct: Conduct::default(),
    };
    let wanted = ["partial-too-long", "uid-fetch-without-uid"];
    let known: Vec<_> = Fault::all().filter(|fault| wanted.contains(&fault.name)).collect();
    assert_eq!(known.len(), wanted.len());
    let coverage = Coverage::of(&catalogue, &scenarios, watch::rules());
    let mut recorder =
        Recorder::new(Environment::default(), Require::Must, String::new(), &catalogue, &coverage);
    let faults = Faults::new(&known, Rate::default()).unwrap();
    plan.carry_out_with_faults(faults, &Facts::default(), &mut recorder).unwrap();
    let report = recorder.report(1, None);
    assert!(report.counts.fail > 5 && report.counts.pass > 50, "{:?}", report.counts);
    report
}

/// Looks at a page in a frame of each width, and returns what was wrong; `look` is JavaScript that says so to `wrong`, and has the
/// page as `page` and its window as `view`.
fn look_at(chromium: &Path, page: &str, look: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let source = page.replace('&', "&amp;").replace('"', "&quot;");
    let frames = WIDTHS.map(|width| {
        format!("<iframe data-width=\"{width}\" style=\"border:0;width:{width}px;height:800px\" srcdoc=\"{source}\"></iframe>")
    });
    let script = include_str!("html_report/look.js").replace("/* look */", look);
    let outer = format!(
        "<!DOCTYPE html><body>{}<pre id=\"told\">not finished</pre><script>{script}</script>",
        frames.concat()
    );
    let path = folder.path().join("look.html");
    fs::write(&path, outer).unwrap();
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--window-size=1600,900",
            "--virtual-time-budget=20000",
        ])
        .args(["--enable-logging=stderr", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", path.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = dom
        .rsplit_once("<pre id=\"told\">")
        .and_then(|(_, rest)| rest.split_once("</pre>"))
        .map(|(told, _)| told);
    let told = told
        .unwrap_or_else(|| panic!("the browser gives no page: {}", String::from_utf8_lossy(&output.stderr)));
    let console = String::from_utf8_lossy(&output.stderr).into_owned();
    let console = console.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned);
    told.lines()
        .filter(|line| !line.is_empty() && *line != "done")
        .map(str::to_owned)
        .chain(console)
        .collect()
}

#[test]
fn reports_work_in_a_browser() {
    let Some(chromium) = chromium() else {
        eprintln!("SKIPPED: no Chromium is installed, and nobody has looked at the html report");
        return;
    };
    let report = report();
    let page = html::render(&report);
    let look = include_str!("html_report/report.js");
    assert_eq!(look_at(&chromium, &page, look), Vec::<String>::new());

    // The checks can fail: a page that is too wide, writes to the console, and whose filter does nothing.
    let wide = page.replacen("<main>", "<main><p style=\"width:600px\">too wide</p>", 1);
    assert!(look_at(&chromium, &wide, look).iter().any(|wrong| wrong.contains("375: the page is")));
    let broken = page.replace("form.addEventListener(\"input\", filter);", "console.error(\"no filter\");");
    let wrong = look_at(&chromium, &broken, look);
    assert!(wrong.iter().any(|wrong| wrong.contains("no filter")), "{wrong:?}");
    assert!(wrong.iter().any(|wrong| wrong.contains("results are shown")), "{wrong:?}");

    let matrix = Matrix::new(&[report.clone(), report], Rows::Scenarios, false);
    let look = include_str!("html_report/matrix.js");
    assert_eq!(look_at(&chromium, &matrix::html(&matrix), look), Vec::<String>::new());
}
