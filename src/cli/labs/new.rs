//! `pllab labs new`: writes a starter lab, in both languages, which passes `labs check` as it stands.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::host::shell_word;
use crate::i18n::m;
use crate::lab::{SkeletonError, skeleton};
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};

/// Writes a new lab into `dir`, else into the folder of `--labs`, else into `labs`.
pub fn new(context: &mut Context, id: &str, dir: Option<PathBuf>) -> Result<(), Failed> {
    let dir = dir.or_else(|| context.settings.labs.clone()).unwrap_or_else(|| PathBuf::from("labs"));
    let shown = shell_word(&dir.display().to_string());
    let written = skeleton(id, &dir).map_err(|error| match error {
        SkeletonError::Name(name) => {
            let details = vec![m::labs_new_name_detail()];
            Failed::new(Code::Usage, m::labs_new_name(name), details, &["pllab labs new my-lab"])
        }
        SkeletonError::Taken(path) => {
            let next = format!("pllab labs check {id} --labs {shown}");
            let path = path.display().to_string();
            Failed::new(Code::Usage, m::labs_new_taken(path), vec![m::labs_new_taken_detail()], &[&next])
        }
        SkeletonError::Io { path, source } => Failed::io(path, &source),
    })?;
    if context.json() {
        let files: Vec<_> = written.iter().map(|path| path.display().to_string()).collect();
        return context.print_json(&serde_json::json!({ "event": "lab_made", "lab": id, "files": files }));
    }
    let mut text = format!("{}\n\n", m::labs_new_made(id).render(context.lang));
    for path in written {
        let _ = writeln!(text, "  {}", path.display());
    }
    let _ = write!(
        text,
        "\n{}\npllab labs check {id} --labs {shown}\npllab start {id} --labs {shown}\n",
        m::next_title().render(context.lang)
    );
    context.print(&text)
}
