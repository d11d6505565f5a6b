//! `pllab labs check`: proves labs, each on a sandbox of its own that is deleted afterwards.

use std::path::Path;

use serde_json::{Value, json};

use crate::engine::Proof;
use crate::host::shell_word;
use crate::i18n::m;
use crate::lab::{LabError, Source};
use crate::proving::drills::Drilled;
use crate::proving::lab::{Outcome, prove_lab};
use crate::session::context::{Context, bad_lab, located, unknown_lab};
use crate::session::exit::{Code, Failed};
use crate::ui;

/// Proves one lab, or all of them: those of `--labs` if given, else the built-in ones.
pub async fn check(context: &mut Context, which: Option<&str>) -> Result<Code, Failed> {
    let mut worst = Code::Met;
    for found in sources(context, which)? {
        let code = match found {
            Ok(source) => {
                let outcome = prove_lab(context, &source).await?;
                tell(context, &source.id, &outcome)?
            }
            Err((id, error)) => tell(context, &id, &Outcome::unreadable(vec![error]))?,
        };
        if code as i32 > worst as i32 {
            worst = code;
        }
    }
    Ok(worst)
}

type Found = Result<Source, (String, LabError)>;

fn sources(context: &Context, which: Option<&str>) -> Result<Vec<Found>, Failed> {
    let labs = context.settings.labs.as_deref();
    let known = Source::list(labs).map_err(|error| bad_lab(&[error]))?;
    let find = |id: &str| match Source::find(id, labs) {
        Ok(source) => source.map(Ok),
        Err(error) => Some(Err((id.to_owned(), error))),
    };
    match which {
        Some(id) if known.iter().any(|it| it == id) => Ok(find(id).into_iter().collect()),
        Some(dir) if Path::new(dir).is_dir() => {
            // `.` has no file name of its own.
            let path = Path::new(dir).canonicalize().map_err(|error| Failed::io(dir, &error))?;
            let id = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok(vec![Source::open(&id, Path::new(dir)).map_err(|error| (id, error))])
        }
        Some(id) => Err(unknown_lab(id, &known)),
        // `--labs` limits the check to that folder; a test proves the built-in labs.
        None => Ok(known
            .iter()
            .filter(|id| labs.is_none_or(|dir| dir.join(id).is_dir()))
            .filter_map(|id| find(id))
            .collect()),
    }
}

/// Prints the outcome for a lab, and returns the exit code.
fn tell(context: &mut Context, id: &str, outcome: &Outcome) -> Result<Code, Failed> {
    let Outcome { code, faults, passes, drilled } = outcome;
    let code = *code;
    if context.json() {
        let line = in_json(context, id, outcome);
        context.print_json(&line)?;
        return Ok(code);
    }
    let lang = context.lang;
    if code == Code::Met {
        let mut text = m::labs_check_good(id).render(lang);
        for pass in passes {
            let set: Vec<_> = pass.set.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let values = if set.is_empty() { m::labs_check_defaults().render(lang) } else { set.join(", ") };
            let line = m::LabsCheckPass {
                checks: pass.proof.checks,
                gone: pass.proof.gone,
                predictions: pass.proof.predictions,
                steps: pass.steps,
                values,
            }
            .text();
            text = format!("{text}\n- {}", line.render(lang));
        }
        if drilled.drills > 0 {
            let line =
                m::LabsCheckDrills { drills: drilled.drills, repairs: drilled.repairs, shortcuts: drilled.shortcuts }
                    .text();
            text = format!("{text}\n- {}", line.render(lang));
        }
        context.print(&ui::markdown(&text, context.sheet()))?;
        return Ok(code);
    }
    let title = if code == Code::Usage { m::cli_bad_lab() } else { m::labs_check_not_proved(id) };
    let next = format!("pllab labs check {}", shell_word(id));
    let failed = Failed::new(code, title, faults.iter().map(located).collect(), &[&next]);
    if let Some(report) = &failed.report {
        context.report(report);
    }
    Ok(code)
}

fn in_json(context: &Context, id: &str, outcome: &Outcome) -> Value {
    let Outcome { code, faults, passes, drilled } = outcome;
    let faults: Vec<_> = faults
        .iter()
        .map(|fault| {
            let place = fault.place.as_ref();
            json!({
                "file": fault.file,
                "line": place.map(|place| place.line),
                "column": place.map(|place| place.column),
                "excerpt": place.map(|place| place.excerpt.trim_end()),
                "what": fault.what.render(context.lang),
            })
        })
        .collect();
    let passes: Vec<_> = passes
        .iter()
        .map(|pass| {
            let Proof { checks, predictions, recaps, gone, .. } = &pass.proof;
            json!({ "set": pass.set, "steps": pass.steps, "checks": checks, "predictions": predictions, "recaps": recaps.len(), "gone": gone })
        })
        .collect();
    let verdict = if *code == Code::Met { "met" } else { "broken" };
    let Drilled { drills, repairs, shortcuts, .. } = drilled;
    json!({
        "event": "lab_checked", "lab": id, "verdict": verdict, "passes": passes, "faults": faults,
        "drills": drills, "repairs": repairs, "shortcuts": shortcuts,
    })
}
