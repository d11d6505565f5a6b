cli-arg-fault = Plan a fault, such as CreateVpc:2:lost-reply (repeatable)
cli-arg-faults = A plan of faults: YAML or JSON

fault-bad-rule = { $place }: `{ $rule }` is not a fault
fault-bad-form = A fault is OPERATION:CALLS:FAULT, such as CreateVpcEndpoint:2:lost-reply.
fault-bad-operation = The sandbox has no operation `{ $name }`. A `*` at the end of a name stands for all that begin so.
fault-bad-calls = `{ $calls }` does not say which calls: 2, 2-4, 2- (and all after it) or *.
fault-bad-kind = There is no fault `{ $kind }`.
fault-bad-value = `{ $value }`: a duration is 300ms or 2s, up to an hour; not-found also takes a number of calls.
fault-kinds = Faults: { $kinds }
fault-bad-file = { $place }: the fault plan cannot be read
fault-file-form = A plan is a list of entries such as {"{"} operation: CreateVpc, calls: 2, fault: lost-reply {"}"}.
fault-too-late = the sandbox is already running (process { $pid }); a fault plan is read only when it starts. Stop it first
