//! Commands printed for pasting: a real shell reads each word as the visible text, whatever characters it has.

use std::process::Command;

use pllab::inside::host::{Random, harmless, shell_word};

/// Text that is special to a shell, at the beginning of a word, inside it or at its end.
const NASTY: [&str; 38] = [
    "a",
    "東",
    " ",
    "'",
    "\"",
    "`",
    "$",
    "$(",
    ")",
    "(",
    "${",
    "}",
    "{",
    "\\",
    "\n",
    "\r",
    "\t",
    ";",
    "&",
    "|",
    "<",
    ">",
    "*",
    "?",
    "[",
    "]",
    "!",
    "#",
    "~",
    "=",
    "-",
    "--",
    "%",
    "^",
    "\u{1b}",
    "\u{7f}",
    "touch made",
    "EOF",
];

fn nasty(random: &Random) -> String {
    let below = |end: usize| usize::try_from(random.next_u64() % end as u64).expect("it is below a usize");
    (0..below(12)).map(|_| NASTY[below(NASTY.len())]).collect()
}

#[cfg(unix)]
#[test]
fn a_shell_reads_back_every_word() {
    let folder = super::harness::Folder::new();
    let random = Random::seeded(7);
    let mut shells = 0;
    for shell in ["sh", "bash", "zsh"] {
        for _ in 0..40 {
            let words: Vec<String> = (0..50).map(|_| nasty(&random)).collect();
            let quoted: Vec<String> = words.iter().map(|word| shell_word(word)).collect();
            let script = format!("printf '%s\\0' {}", quoted.join(" "));
            let ran = Command::new(shell).arg("-c").arg(&script).current_dir(folder.path()).output();
            // Not every machine has each of these shells; every one has `sh`.
            let Ok(output) = ran else { break };
            let expected =
                words.iter().map(|word| harmless::lines(word).into_owned() + "\0").collect::<Vec<_>>().concat();
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{shell}: {script}");
            shells += 1;
        }
    }
    assert!(shells >= 40, "every Unix has a shell");
    assert!(folder.files().is_empty(), "nothing was run: {:?}", folder.files());
}
