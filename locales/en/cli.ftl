# The command line: help, results, and what can be wrong.

## Help
cli-about = Build AWS PrivateLink end to end, and see that it works. Each step is explained, carried out, and checked through the API before the next one starts.
cli-summary = a lab that teaches AWS PrivateLink by building it
cli-after-help = New here: pllab start. No AWS account is needed. 日本語: --lang ja
cli-heading-usage = Usage:
cli-heading-commands = Commands:
cli-heading-arguments = Arguments:
cli-heading-options = Options:
cli-heading-common = Options of every command:
cli-value-command = COMMAND
cli-start = Start a lab
cli-resume = Continue a run where it stopped
cli-status = Where you are, what exists, what it costs
cli-check = Run a step's checks again
check-of-step = Checks of step { $number }/{ $total }: { $title }
check-all-met = Every check of this step is met.
check-not-all-met = Not every check of this step is met.
check-untold = Not every check of this step could be answered.
cli-browse = Open the endpoint's page in your own browser (Ctrl-C ends it)
cli-clean = Delete what was created, in the right order, and verify that it is gone
cli-labs = The labs, and what is in them
cli-labs-list = List the labs
cli-labs-show = Show what is in a lab
cli-labs-check = Prove labs on a sandbox (exit code 0: proved, 1: not proved, 2: faults in the files)
cli-labs-new = Create a new lab from a template
cli-labs-schema = Print the JSON Schema of lab.yaml, for editors
cli-sandbox = Run the sandbox alone, with settings for the aws CLI and SDKs
cli-completions = Print a completion script for a shell
cli-man = Print the man page
cli-arg-lang = Language: ja, en
cli-arg-plain = Sentences and numbered choices, no frames
cli-arg-diagram = How pictures are drawn: auto (default), unicode, ascii
cli-arg-output = Form of the output: text, json (one event per line)
cli-arg-state-dir = Folder for the records of runs (or set PLLAB_STATE_DIR)
cli-arg-labs = A folder with labs of your own
cli-arg-help = Show this help
cli-arg-version = Show the version
cli-arg-lab = The lab's name (default: privatelink)
cli-arg-which = A lab's name or its folder (default: all of --labs, else all that come with pllab)
cli-arg-id = The new lab's name; also its folder's name
cli-arg-dir = The folder to make it in (default: that of --labs, else labs)
cli-arg-explain-only = Only read: call nothing, make nothing
cli-arg-target = Where calls go: sandbox (default), aws
cli-arg-endpoint-url = Use this AWS-compatible endpoint
cli-arg-profile = The AWS profile to sign in with
cli-arg-region = Region (default: profile's, else ap-northeast-1)
cli-arg-set = Set a variable, e.g. cidr=10.1.0.0/16; repeatable
cli-arg-pace = The sandbox's pace: instant, quick (default), real. With --endpoint-url, the target's speed (default: real)
cli-arg-nginx = The sandbox's web server: real, builtin (default: real where nginx is installed; builtin for labs of --labs)
cli-arg-yes = Ask nothing: take every default answer and run to the end
cli-arg-keep = Keep what was created: no clean-up at the end
cli-arg-run = The run's id (default: the latest)
cli-arg-step = The step's name (default: the last one started)
cli-arg-all = Every run that is not cleaned up
cli-arg-differences = List where the sandbox differs from AWS, and exit
cli-arg-port = Port to listen on (default: a free one)
cli-arg-shell = Shell: bash, elvish, fish, powershell, zsh

## What was typed wrong
cli-wrong-command = there is no command `{ $name }`
cli-wrong-argument = `{ $argument }` cannot be used here
cli-missing-argument = `{ $argument }` is missing
cli-missing-value = `{ $argument }` needs a value
cli-wrong-value = `{ $value }` is not a value for `{ $argument }`
cli-argument-conflict = `{ $argument }` and `{ $other }` cannot be used together
cli-wrong-usage = wrong usage: { $argument }
cli-suggestion = Did you mean: { $suggestion }
cli-valid-values = Values: { $values }

## Runs and labs
cli-no-home = there is no home folder to keep records in; name a folder with --state-dir
cli-busy = another pllab (process { $pid }) is working in this folder
cli-busy-detail = Folder: { $folder }. Wait until it is done, or name another folder with --state-dir.
cli-busy-elsewhere = another pllab (process { $pid } on { $machine }) is working in this folder
cli-no-locks = { $path } is on a file system that gives one lock to two programs at once
cli-no-locks-detail = Two copies of pllab working there would damage each other's records. Network folders often behave this way. Name a folder on a disk of this machine with --state-dir, or in PLLAB_STATE_DIR.
cli-journal-shared = another program is writing to the record { $path }
cli-journal-shared-detail = pllab stopped so as not to damage it. Every call it made is on record. Stop the other program, or keep the folder on a disk of this machine, then continue.
cli-no-runs = There are no runs in { $folder }.
cli-all-cleaned = Every run in { $folder } is cleaned up.
cli-known-runs = There are: { $runs }
cli-unknown-run = there is no run `{ $run }`
cli-no-run = there is no run to work on
cli-run-unreadable = run { $run } cannot be read
cli-runs-unreadable = These runs cannot be read: { $runs }
cli-run-name = not the folder of a run: { $folder }
cli-known-labs = There are: { $labs }
cli-unknown-lab = there is no lab `{ $lab }`
cli-known-steps = There are: { $steps }
cli-unknown-step = there is no step `{ $step }`
cli-unknown-zone = `{ $value }` is not a value for { $name }: the account has no such zone
cli-bad-lab = there is a mistake in the lab's files
cli-lab-fault = { $file }: { $what }
cli-lab-fault-at = { $file }:{ $line }:{ $column }: { $what }
    { $excerpt }
cli-journal-damaged = line { $line } of the journal { $path } cannot be read
cli-journal-damaged-detail = The journal was left as it is. From the lines that can be read, pllab can show and clean up what was created.
cli-journal-newer = the journal { $path } was written by a newer pllab (format { $format }). Use that version to continue
cli-journal-torn = The journal's last line was not written to its end; it was cut off and kept in { $path }
cli-journal-headless = the first line of the journal { $path } is lost, so the lab and the place of the run are not known
cli-other-account = this run was created in account { $account }, but the credentials are for { $now }; nothing was changed
cli-run-is-cleaned = run { $run } has been cleaned up; there is nothing to continue
cli-bad-region = the sandbox has no region `{ $region }`
cli-sandbox-busy = another pllab runs this sandbox
cli-own-fault = pllab stopped because of a bug. Everything done so far is on record, and the run can continue. Please report it with the next line
cli-disk-full = the disk is full: { $path } cannot be written. Every call that was made is in the journal. Free some space and continue
cli-read-only = { $path } is on a file system that can only be read. Use a folder that can be written
cli-not-allowed = you may not use { $path }. Check its owner and permissions, or use another folder
cli-not-there = { $path } is not there. If pllab was running, it was moved or deleted in the meantime: put it back, then continue
cli-file-too-large = { $path } cannot grow any further: it has reached the file size limit (ulimit -f)
cli-no-memory = there is not enough memory to use { $path }. End other programs, then continue
cli-out-of-files = { $path } cannot be opened: too many files are open. Raise the limit (ulimit -n), then continue
cli-file-trouble = { $path } cannot be used
cli-nobody-to-ask = there is nobody to ask (this is not a terminal)
cli-no-text = { $name } cannot be read as text (it must be UTF-8, without control characters)
cli-no-room = this machine gives pllab too little memory, or too few threads or open files, to run
cli-unclear = three answers in a row matched none of the choices
cli-no-output = standard output cannot be written, so part of the output was lost
cli-nobody-to-ask-detail = With --yes nothing is asked: every question gets its default answer. Everything done so far is on record.

## Targets
cli-place-sandbox = sandbox · { $region }
cli-place-endpoint = { $url } · { $region }
cli-cost-nothing = nothing (the sandbox runs on this machine only)
cli-cost-reading = nothing (you only read)
cli-port-taken = another program uses port { $port }
cli-sandbox-state = the sandbox's state cannot be read
cli-sign-in = { $url } does not accept the credentials
cli-unreachable = { $url } does not answer
cli-no-answer = { $url } gives no answer, or none that can be read
cli-target-busy = { $url } is busy or has a problem, and asks you to try again later
cli-refused = { $url } refuses the call
cli-unusable = { $url } cannot be used
cli-cannot-listen = pllab cannot listen on this machine's loopback interface (127.0.0.1)

## Results
cli-home-first = **pllab** is a lab in which you build AWS PrivateLink and see that it works. No AWS account is needed.

    - Begin the lab: `pllab start`
    - Only read it: `pllab start --explain-only`
    - Every command: `pllab --help`
    - 日本語: `pllab --lang ja`
cli-status-head = Run { $run } · { $lab } · { $state }
cli-run-open = { $steps ->
    [one] { $met } of { $steps } step done
   *[other] { $met } of { $steps } steps done
 }
cli-run-met = { $steps ->
    [one] the only step is done, not cleaned up
   *[other] all { $steps } steps done, not cleaned up
 }
cli-run-open-alone = { $met ->
    [one] one step done
   *[other] { $met } steps done
 }
cli-run-cleaned-alone = { $met ->
    [one] one step done, cleaned up
   *[other] { $met } steps done, cleaned up
 }
cli-run-cleaned = { $steps ->
    [one] { $met } of { $steps } step done, cleaned up
   *[other] { $met } of { $steps } steps done, cleaned up
 }
cli-step-met = done
cli-step-begun = started
cli-step-open = not started
cli-column-state = State
cli-column-step = Step
cli-column-title = What
cli-column-resource = Created
cli-column-since = Age
cli-column-lab = Lab
cli-column-steps = Steps
cli-column-time = Time
cli-column-variable = Variable
cli-column-default = Default
cli-values-cidr = IPv4, /16 to /28
cli-values-zone = auto, a zone id, a zone name
cli-column-allowed = Values
cli-age-now = under 1 min
cli-age-minutes = { $n } min
cli-age-hours = { $n } h
cli-nothing-exists = Nothing that this run created exists now.
cli-clean-ask = { $n ->
    [one] Delete the one thing that run { $run } created?
   *[other] Delete the { $n } things that run { $run } created?
 }
cli-clean-do = Delete
cli-clean-leave = Do not delete
clean-declined = Nothing was deleted.
clean-arg-drop = Discard a run on the built-in sandbox that can no longer be cleaned up: its folder is deleted
clean-drop-ask = Discard run { $run }? This cannot be undone
clean-drop-do = Discard it
clean-drop-lost = { $n ->
    [0] The run's journal and its sandbox are deleted. The run cannot be resumed or reported afterwards.
    [one] The run's journal and its sandbox are deleted, with the one thing that was created there. It existed on this machine only. The run cannot be resumed or reported afterwards.
   *[other] The run's journal and its sandbox are deleted, with the { $n } things that were created there. They existed on this machine only. The run cannot be resumed or reported afterwards.
 }
clean-drop-lost-unread = The folder { $folder } is deleted: the run's journal, which cannot be read, and its sandbox. What was created there existed on this machine only.
clean-drop-shared = The run's journal is deleted. What it created on the sandbox in { $folder } stays there; if that one is damaged too, delete that folder. The run cannot be resumed or reported afterwards.
clean-dropped = Run { $run } is discarded.
clean-drop-elsewhere = run { $run } was created on { $target }, not on the built-in sandbox; it is kept
clean-drop-elsewhere-detail = Things may still exist there, and only the run's journal knows of them. Clean it up instead.
clean-drop-unknown = it cannot be told where run { $run } was created; it is kept
clean-drop-unknown-detail = Its journal cannot be read and there is no sandbox in its folder: { $folder }. If nothing exists in any account, delete that folder by hand.
cli-browse-nothing = there is no page to open yet
cli-browse-nothing-detail = There will be one from the step `client` on, which starts the client.
cli-browse-no-way = the endpoint's page cannot be opened from this machine yet
cli-browse-no-way-detail = The client's console does not show a URL for your browser yet. Wait a moment and try again.
cli-browse-open = Open this URL in your browser. The page comes through endpoint, NLB and nginx (but not before the connection is accepted).
cli-browse-stay = Leave this terminal open. Ctrl-C ends it.
cli-sandbox-ready = The sandbox is running. Paste these lines into another terminal to use it from the aws CLI or an SDK.
cli-sandbox-found = The sandbox is already running (process { $pid }). Paste these lines into a terminal.
cli-sandbox-account = Another account, { $name } ({ $id }):
cli-sandbox-stay = Ctrl-C stops it. What you created is still there when you start it again.
cli-sandbox-short-of-files = This machine has run out of open files: pllab may have at most { $limit }. New connections wait and then time out; `ulimit -n` raises the limit before the next start.
cli-arg-start-over = Undo everything and start again from the first step
cli-home-ask = What would you like to do?
cli-home-go-on = Continue with "{ $step }"
cli-home-clean = Clean up
cli-home-leave = Nothing for now
cli-home-step = { $n }. { $title }
