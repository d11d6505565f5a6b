# Proving labs, and beginning new ones.
labs-check-good = Lab { $lab } is proved.
labs-check-defaults = defaults
labs-check-pass = { $values }: { $steps } steps, { $checks } checks, { $predictions ->
    [one] one prediction
   *[other] { $predictions } predictions
 }. Each check was not met before its step and is met after it. After clean-up nothing is left ({ $gone } deleted).
labs-check-not-proved = lab { $lab } cannot be proved
labs-check-met-before = this check is met before its step already. It would pass if nothing was done, so it proves nothing. Seen: { $seen }
labs-check-not-met = this check is not met after its step. Expected: { $expected }. Seen: { $seen }
labs-check-not-met-why = this check is not met after its step. Expected: { $expected }. Seen: { $seen }. { $why }
labs-check-not-made = `{ $name }` cannot be created: { $fault }
labs-check-left = after clean-up these are left, or cannot be looked at: { $items }
labs-check-drills = { $drills ->
    [one] One drill: the path works before the fault and breaks as described after it,
   *[other] { $drills } drills: the path works before each fault and breaks as described after it,
 } and `why` names the right hop first. All { $repairs } repairs pass, none of the { $shortcuts } shortcuts does, and everything is put back.
labs-drill-not-healthy = the path does not work before the fault is planted. { $ends }
labs-drill-not-done = the sandbox refuses it: { $fault }
labs-drill-not-seen = once planted, this symptom does not show
labs-drill-no-hop = none (the path works)
labs-drill-hop = `why` names another hop first. Expected: { $expected }. Seen: { $seen }
labs-drill-solved = all goals are met as soon as the fault is planted
labs-drill-not-mended = this repair does not pass. { $open }
labs-drill-goal = Not met: { $title }. Seen: { $seen }
labs-drill-passes = this shortcut passes
labs-drill-not-undone = it cannot be put back: { $fault }
labs-drill-still-broken = after putting back, the path does not end where the lab leaves it. Expected: { $expected }. Seen: { $seen }
labs-new-made = Lab { $lab } is there, and is proved as it stands. Change its three files to make it yours.
labs-new-name = `{ $name }` is not a name for a lab
labs-new-name-detail = Use small letters, digits and hyphens, with a letter first.
labs-new-taken = { $path } exists already
labs-new-taken-detail = Nothing was changed. Choose another name, or another folder with --dir.
labs-two-accounts = lab { $lab } needs one account for the provider and another for the consumer
labs-two-accounts-detail = The sandbox has two accounts. Elsewhere, give the consumer a profile of its own.
labs-list-broken = lab { $lab } cannot be read
