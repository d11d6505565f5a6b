# Proving labs, and beginning new ones.
labs-check-good = Lab { $lab } is proved.
labs-check-defaults = defaults
labs-check-pass = { $values }: { $steps } steps, { $checks } checks, { $predictions } predictions. Each check was not met before its step and is met after it. After clean-up nothing is left ({ $gone } deleted).
labs-check-not-proved = lab { $lab } cannot be proved
labs-check-met-before = this check is met before its step already. It would pass if nothing was done, so it proves nothing. Seen: { $seen }
labs-check-not-met = this check is not met after its step. Expected: { $expected }. Seen: { $seen }
labs-check-not-met-why = this check is not met after its step. Expected: { $expected }. Seen: { $seen }. { $why }
labs-check-not-made = `{ $name }` cannot be made: { $fault }
labs-check-left = after clean-up these are left, or cannot be looked at: { $items }
labs-new-made = Lab { $lab } is there, and is proved as it stands. Change its three files to make it yours.
labs-new-name = `{ $name }` is not a name for a lab
labs-new-name-detail = Use small letters, digits and hyphens, with a letter first.
labs-new-taken = { $path } exists already
labs-new-taken-detail = Nothing was changed. Choose another name, or another folder with --dir.
labs-two-accounts = lab { $lab } needs one account for the provider and another for the consumer
labs-two-accounts-detail = The sandbox has two accounts. Elsewhere, give the consumer a profile of its own.
