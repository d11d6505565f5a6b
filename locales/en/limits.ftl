cli-arg-quota = Set a quota, such as L-F678F1CE=10 for VPCs (repeatable)
cli-arg-throttle = Throttle calls: off (default), or aws as AWS documents for EC2

limits-bad-value = `{ $value }` is not a number for the quota `{ $code }`
limits-bad-code = there is no quota `{ $code }`
limits-codes = The quotas, by Service Quotas' codes and names:
limits-too-late = the sandbox is already running (process { $pid }); quotas and throttling are set only when it starts. Stop it first
