# Who the learner is, and the IAM policy of a lab.

cli-arg-learner = The learner's name, for the tags of what is created (or set PLLAB_LEARNER; default: user@machine)
cli-bad-learner = `{ $name }` cannot be a learner's name
cli-bad-learner-detail = Use 1 to { $limit } of: letters a-z and A-Z, digits, . _ @ -
policy-about = Print the least-privilege IAM policy of a lab (JSON)
policy-arg-side = Only one side: provider, consumer (default: both, for one account)
policy-split = { $count ->
    [one] This is one policy: a managed policy holds at most { $limit } characters. Attach it.
   *[other] These are { $count } policies: a managed policy holds at most { $limit } characters. Attach all of them.
 }
policy-arg-with = Also include what this command needs: doctor, browse; hands-on for watching what is made by hand
