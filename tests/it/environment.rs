//! Environments of other programs: the sandbox ignores them, and a given path is used exactly.

use super::harness::{Folder, at_a_time, receipt};

/// Variables that the AWS SDKs know, each with a value that would mislead or break.
const VARIABLES: [(&str, &str); 34] = [
    ("AWS_USE_FIPS_ENDPOINT", "true"),
    ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
    ("AWS_USE_FIPS_ENDPOINT", "perhaps"),
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
    ("AWS_ENDPOINT_URL", "no url"),
    ("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:1"),
    ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1"),
    ("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", "http://127.0.0.1:1"),
    ("AWS_ENDPOINT_URL_ROUTE_53", "http://127.0.0.1:1"),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
    ("AWS_PROFILE", "nobody"),
    ("AWS_DEFAULT_PROFILE", "nobody"),
    ("AWS_REGION", "mars-north-1"),
    ("AWS_DEFAULT_REGION", "mars-north-1"),
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "wrong"),
    ("AWS_SESSION_TOKEN", "expired"),
    ("AWS_CA_BUNDLE", "/dev/null"),
    ("AWS_CA_BUNDLE", "/dev/zero"),
    ("AWS_CONFIG_FILE", "/dev/zero"),
    ("AWS_SHARED_CREDENTIALS_FILE", "/no/such/file"),
    ("AWS_RETRY_MODE", "never"),
    ("AWS_MAX_ATTEMPTS", "0"),
    ("AWS_SDK_UA_APP_ID", "an\u{e9}\n"),
    ("AWS_EXECUTION_ENV", "an\u{e9}"),
    ("AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES", "-1"),
    ("AWS_AUTH_SCHEME_PREFERENCE", "nothing"),
    ("AWS_ACCOUNT_ID_ENDPOINT_MODE", "required"),
    ("AWS_STS_REGIONAL_ENDPOINTS", "legacy"),
    ("HTTP_PROXY", "http://127.0.0.1:1"),
    ("HTTPS_PROXY", "http://127.0.0.1:1"),
    ("ALL_PROXY", "http://127.0.0.1:1"),
    ("http_proxy", "http://127.0.0.1:1"),
    ("SSL_CERT_FILE", "/dev/null"),
];

/// Lines of the AWS configuration file, equally hostile.
const LINES: [&str; 14] = [
    "use_fips_endpoint = true",
    "use_dualstack_endpoint = true",
    "endpoint_url = http://127.0.0.1:1",
    "services = astray",
    "retry_mode = never",
    "max_attempts = 0",
    "region = mars-north-1",
    "request_min_compression_size_bytes = -1",
    "ca_bundle = /dev/null",
    "credential_process = /bin/false",
    "role_arn = arn:aws:iam::000000000000:role/none\nsource_profile = none",
    "sdk_ua_app_id = an\u{e9}",
    "auth_scheme_preference = nothing",
    "[[[ this is no configuration",
];

const START: &str = "start --yes --pace instant --output json";

#[test]
fn no_variable_leads_the_sandbox_astray() {
    at_a_time(&VARIABLES, |(name, value)| {
        let folder = Folder::new();
        let ran = folder.pllab(START).env(name, value).run().code(0).clean();
        assert_eq!(receipt(&ran.events()), Some((17, 0, 0)), "{name}={value}");
    });
}

#[test]
fn no_line_of_the_configuration_leads_the_sandbox_astray() {
    at_a_time(&LINES, |line| {
        let folder = Folder::new();
        let services = "[services astray]\nec2 =\n  endpoint_url = http://127.0.0.1:1\nsts =\n  endpoint_url = http://127.0.0.1:1\n";
        let config = folder.write("config", &format!("[default]\n{line}\n{services}"));
        let run = |words: &str| folder.pllab(words).env("AWS_CONFIG_FILE", &config).run().code(0).clean();
        assert_eq!(receipt(&run(START).events()), Some((17, 0, 0)), "{line}");
    });
}

/// All of it at once, for the later verbs.
#[test]
fn every_verb_of_a_run_on_the_sandbox_overlooks_the_environment() {
    let folder = Folder::new();
    let with = |words: &str| {
        let all = ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"].map(|name| (name, "true"));
        let others =
            VARIABLES.iter().copied().filter(|(name, _)| name.contains("ENDPOINT_URL") || name.contains("PROXY"));
        all.into_iter().chain(others).fold(folder.pllab(words), |program, (name, value)| program.env(name, value))
    };
    with("start --yes --keep --pace instant").run().code(0);
    for words in ["check", "why", "resume --yes --step proof --keep", "drill --yes", "drill undo", "clean --yes"] {
        with(words).run().code(0).clean();
    }
}

#[cfg(unix)]
mod odd_names {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::Path;

    use super::super::harness::Folder;

    fn odd() -> &'static OsStr {
        OsStr::from_bytes(b"st\xff\xfete")
    }

    #[track_caller]
    fn has_one_run(state: &Path) {
        let runs = std::fs::read_dir(state.join("runs")).unwrap_or_else(|error| panic!("{}: {error}", state.display()));
        assert_eq!(runs.count(), 1, "{}", state.display());
    }

    #[test]
    fn a_state_folder_whose_name_is_no_text_is_the_one_that_is_used() {
        let start = "start --yes --keep --pace instant";
        let folder = Folder::new();
        let state = folder.path().join(odd());
        folder.pllab(start).env("PLLAB_STATE_DIR", &state).run().code(0).clean();
        has_one_run(&state);
        folder.pllab("status --output json --state-dir").arg(&state).run().code(0).clean().says("\"event\":\"status\"");
        folder.pllab("report --output json --state-dir").arg(&state).run().code(0).clean().says("report_written");
        folder.pllab("check").env("PLLAB_STATE_DIR", &state).run().code(0).clean();
        folder.pllab("clean --yes --state-dir").arg(&state).run().code(0).clean();
        assert!(!folder.state().exists());

        let folder = Folder::new();
        folder.pllab(start).env("PLLAB_STATE_DIR", "").env("XDG_STATE_HOME", folder.path().join(odd())).run().code(0);
        has_one_run(&folder.path().join(odd()).join("pllab"));
        let folder = Folder::new();
        let home = folder.path().join(odd());
        folder.pllab(start).env("PLLAB_STATE_DIR", "").env("HOME", &home).run().code(0);
        if cfg!(target_os = "linux") {
            has_one_run(&home.join(".local/state/pllab"));
        }
    }

    #[test]
    fn files_whose_names_are_no_text_are_written_and_read() {
        let folder = Folder::new();
        let out = folder.path().join(odd());
        folder.pllab("handout --output json --out").arg(&out).run().code(0).clean().says("handout_written");
        assert!(out.is_file());
        let plan = folder.path().join(OsStr::from_bytes(b"pl\xffn"));
        std::fs::write(&plan, "- {}\n").expect("it can be written");
        folder.pllab("sandbox --faults").arg(&plan).run().code(2).clean();
        folder.pllab("labs list --labs").arg(folder.path().join(odd()).with_extension("none")).run().code(2).clean();
    }

    #[test]
    fn variables_that_are_no_text_are_refused_by_name() {
        for name in ["PLLAB_LEARNER", "PLLAB_FAULT"] {
            let folder = Folder::new();
            folder.pllab("start --yes --pace instant").env(name, odd()).run().code(2).clean().complains(name);
        }
    }

    #[test]
    fn what_would_break_every_call_is_refused_by_name() {
        let folder = Folder::new();
        let start = folder.pllab("start --yes --pace instant").env("AWS_EXECUTION_ENV", "a\nb");
        start.run().code(2).clean().complains("AWS_EXECUTION_ENV");
    }

    #[test]
    fn a_plan_that_never_ends_is_refused() {
        let folder = Folder::new();
        folder.pllab("sandbox --faults /dev/zero").run().code(2).clean().complains("/dev/zero");
    }
}

/// A machine with too few resources gets an error at once, and nothing hangs.
#[cfg(target_os = "linux")]
#[test]
fn too_little_memory_or_too_few_threads_are_told() {
    // More than the program's own mappings, and less than a run needs.
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_pllab")).expect("the program is there").len() + (30 << 20);
    let memory = format!("--as={size}");
    for limit in [memory.as_str(), "--stack=65536", "--fsize=20000", "--fsize=1", "--nofile=8:8"] {
        let folder = Folder::new();
        let ran = folder.pllab("start --yes --pace instant").under("prlimit", &[limit]).run().clean();
        let may = if limit.starts_with("--stack") { &[0][..] } else { &[0, 1, 2, 3] };
        assert!(ran.code.is_some_and(|code| may.contains(&code)), "{limit}: {:?}\n{}", ran.code, ran.err);
        let told = ran.err.contains("Error:") || ran.out.contains("Error:");
        assert!(ran.code == Some(0) || told, "{limit}: {}\n{}", ran.out, ran.err);
        assert!(!ran.err.contains("because of a bug"), "{limit}: {}", ran.err);
    }
}
